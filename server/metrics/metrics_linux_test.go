package metrics

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"go.uber.org/goleak"

	"github.com/workerlab/workerlab/server/scoreboard"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// twoWorkers is a board with a serving worker in slot 0, a booting one in slot 2, and a free slot.
func twoWorkers(t *testing.T) *scoreboard.Board {
	t.Helper()
	b, err := scoreboard.Create(4)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	p := b.Claim(0)
	p.PID.Store(100)
	p.State.Store(int64(scoreboard.Serving))
	p.Requests.Store(7)
	p.InFlight.Store(2)
	p.Busy.Store(int64(1500 * time.Millisecond))
	p.LockTaken.Store(9)
	p.LockForced.Store(3)
	p.Beat(scoreboard.Clock() - time.Second)
	b.Claim(2).PID.Store(101)
	return b
}

// get is the answer to a request.
func get(t *testing.T, path string) string {
	t.Helper()
	w := httptest.NewRecorder()
	Handler(twoWorkers(t), "sync").ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%s: status %d", path, w.Code)
	}
	return w.Body.String()
}

func TestMetricsKeepPrometheusConventions(t *testing.T) {
	problems, err := promlint.New(strings.NewReader(get(t, "/metrics"))).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
}

func TestMetricsAreThoseOfTheBoard(t *testing.T) {
	text := get(t, "/metrics")
	for _, line := range []string{
		`workerlab_workers{class="sync"} 2`,
		`workerlab_worker_state{class="sync",pid="100",slot="0",state="serving"} 1`,
		`workerlab_worker_state{class="sync",pid="101",slot="2",state="booting"} 1`,
		`workerlab_worker_requests_total{class="sync",pid="100",slot="0"} 7`,
		`workerlab_worker_requests_total{class="sync",pid="101",slot="2"} 0`,
		`workerlab_worker_requests_in_flight{class="sync",pid="100",slot="0"} 2`,
		`workerlab_worker_busy_seconds_total{class="sync",pid="100",slot="0"} 1.5`,
		`workerlab_worker_lock_acquisitions_total{class="sync",pid="100",slot="0"} 9`,
		`workerlab_worker_lock_forced_total{class="sync",pid="100",slot="0"} 3`,
		`workerlab_worker_beat_age_seconds{class="sync",pid="101",slot="2"} -1`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no line %s in\n%s", line, text)
		}
	}
}

// The JSON is a contract: bench and top read it.
func TestScoreboardAsJSON(t *testing.T) {
	w := httptest.NewRecorder()
	Handler(twoWorkers(t), "").ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/scoreboard", nil))
	var got struct{ Workers []map[string]any }
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || len(got.Workers) != 2 {
		t.Fatalf("%s: %v", w.Body, err)
	}
	for key, want := range map[string]any{
		"slot": 0.0, "pid": 100.0, "state": "serving", "requests": 7.0, "in_flight": 2.0, "busy_seconds": 1.5,
		"lock_acquisitions": 9.0, "lock_forced": 3.0, "accepted": 0.0, "connections": 0.0, "errors": 0.0,
	} {
		if got.Workers[0][key] != want {
			t.Errorf("%s is %v, want %v", key, got.Workers[0][key], want)
		}
	}
	if age, ok := got.Workers[0]["beat_age_seconds"].(float64); !ok || age < 1 {
		t.Errorf("beat_age_seconds is %v, a second after the beat", got.Workers[0]["beat_age_seconds"])
	}
	if got.Workers[1]["beat_age_seconds"] != -1.0 || got.Workers[1]["state"] != "booting" {
		t.Errorf("a booting worker reads %v", got.Workers[1])
	}
}

func TestAnEmptyBoardIsAnEmptyList(t *testing.T) {
	b, err := scoreboard.Create(1)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	w := httptest.NewRecorder()
	Handler(b, "").ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/scoreboard", nil))
	if strings.TrimSpace(w.Body.String()) != `{"workers":[]}` {
		t.Errorf("got %s", w.Body)
	}
}

func TestServeAnswersUntilItIsClosed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := Serve(l, twoWorkers(t), "sync")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get("http://" + l.Addr().String() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil || !strings.Contains(string(body), "workerlab_workers") {
		t.Errorf("got %s, %v", body, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if c, err := net.Dial("tcp", l.Addr().String()); err == nil {
		c.Close()
		t.Error("it still listens")
	}
}
