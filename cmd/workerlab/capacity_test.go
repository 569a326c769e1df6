package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/workerlab/workerlab/loadgen/capacity"
)

// newSlowServer is a script's server that also serves /slow, one request at a time and each for 2 ms.
func newSlowServer() *scriptServer {
	s := new(scriptServer)
	turn := make(chan struct{}, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("/slow", func(http.ResponseWriter, *http.Request) {
		turn <- struct{}{}
		<-time.After(2 * time.Millisecond)
		<-turn
	})
	mux.HandleFunc("/busy", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mux.ServeHTTP(w, r)
		s.served.Add(1)
	}))
	return s
}

func TestCapacityScripts(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob("testdata/capacity*.txt")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("scripts %q: %v", scripts, err)
	}
	testscript.Run(t, testscript.Params{
		Files: scripts,
		Setup: func(env *testscript.Env) error {
			s := newSlowServer()
			env.Defer(s.Close)
			env.Setenv("SERVER", s.URL)
			env.Values[scriptServerKey{}] = s
			return exitAtOnce(env)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"served": served},
	})
}

// An interrupted search says what it knows and exits with 130; one that never began does so too.
func TestCapacityInterrupted(t *testing.T) {
	t.Parallel()
	for _, after := range []int64{1, 400} {
		ctx, cancel := context.WithCancel(t.Context())
		var asked atomic.Int64
		s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			if asked.Add(1) == after {
				cancel()
			}
			<-time.After(time.Millisecond)
		}))
		var stdout, stderr bytes.Buffer
		code := run(ctx, []string{"capacity", s.URL, "--slo", "p99=100ms"}, nil, &stdout, &stderr)
		s.Close()
		cancel()
		if code != exitInterrupted || strings.Count(stderr.String(), "\n") != 1 || !strings.HasPrefix(stderr.String(), "workerlab: interrupted") || after > 1 && !strings.Contains(stdout.String(), "No probe was made") {
			t.Errorf("after %d requests: exit %d, %q, %q", after, code, &stdout, &stderr)
		}
	}
}

func foundRun(limit capacity.Limit, change func(*capacity.Result)) capacityRun {
	r := &capacity.Result{Limit: limit, Found: 400, Capacity: 412.3, Low: 395, High: 430, Method: capacity.ByFit, Confirmed: true}
	r.Probes = []capacity.Probe{
		{Rate: 400, Outcome: capacity.Met, Planned: 1200, Slow: []uint64{3}, Median: 0.004},
		{Rate: 400, Outcome: capacity.Missed, Planned: 1200, Slow: []uint64{30}, Median: 0.02, Reasons: []string{"p99: 2.5 % took longer than 100ms or failed", "errors: 1.1 % failed"}},
		{Rate: 20, Outcome: capacity.Met, Planned: 60, Slow: []uint64{0}},
	}
	for block := range 3 {
		for n := 1; n <= 64; n *= 2 {
			x := 100 * float64(n) / (1 + 0.05*float64(n-1)) * (1 + 0.01*float64(block))
			r.Levels = append(r.Levels, capacity.Level{Block: block, Clients: n, Throughput: x, Median: float64(n) / x})
		}
	}
	if change != nil {
		change(r)
	}
	run := capacityRun{url: "http://127.0.0.1:8000/", seed: 7, result: r}
	run.slo, _ = capacity.ParseSLO("p99=100ms,errors<1%")
	run.law, run.lawErr = fitSweep(r.Levels)
	return run
}

// What the headline promises is no more than what was found.
func TestCapacityHeadline(t *testing.T) {
	for want, run := range map[string]capacityRun{
		"Capacity is 412.3 requests/s with p99=100ms,errors<1% (95 % interval 395–430); confirmed by probes around it.": foundRun(capacity.LimitServer, nil),
		"(all probes met it at 395, all missed it at 430); not confirmed.": foundRun(capacity.LimitServer, func(r *capacity.Result) {
			r.Method, r.Confirmed = capacity.ByAgreement, false
		}),
		"(all probes met it at 395, at no rate all missed it)": foundRun(capacity.LimitServer, func(r *capacity.Result) {
			r.Method, r.High = capacity.ByAgreement, 0
		}),
		"at least 412.3 requests/s with p99=100ms,errors<1%: above it the load generator is the limit": foundRun(capacity.LimitGenerator, nil),
		"the load generator was the limit at every rate":                                               foundRun(capacity.LimitGenerator, func(r *capacity.Result) { r.Capacity = 0 }),
		"the search ended while the SLO was still met":                                                 foundRun(capacity.LimitTime, nil),
		"was not met at any rate that was tried, down to 20/s":                                         foundRun(capacity.LimitNone, nil),
		"nothing is known": foundRun(capacity.LimitNone, func(r *capacity.Result) { r.Probes = nil }),
	} {
		if got := run.headline(); !strings.Contains(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// All of it stays within 80 columns, with or without a fitted law.
func TestCapacityPrint(t *testing.T) {
	for name, run := range map[string]capacityRun{
		"whole":  foundRun(capacity.LimitServer, func(r *capacity.Result) { r.Notes = []string{strings.Repeat("a note ", 20)} }),
		"no law": foundRun(capacity.LimitServer, func(r *capacity.Result) { r.Levels = r.Levels[:2] }),
		"none":   foundRun(capacity.LimitNone, func(r *capacity.Result) { r.Levels, r.Probes = nil, nil }),
	} {
		var b strings.Builder
		if err := (&capacityFlags{}).print(&b, run); err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(b.String(), "\n") {
			if utf8.RuneCountInString(line) > 80 {
				t.Errorf("%s: %d columns: %q", name, utf8.RuneCountInString(line), line)
			}
		}
		if t.Failed() || testing.Verbose() {
			t.Logf("%s:\n%s", name, b.String())
		}
	}
}

// To look at the figure: FIGURES=folder go test -run CapacityFigure ./cmd/workerlab
func TestCapacityFigure(t *testing.T) {
	figure := capacityChart(foundRun(capacity.LimitServer, func(r *capacity.Result) {
		r.Probes = nil
		for i, rate := range []float64{300, 360, 385, 400, 412, 440, 500} {
			for k := range 3 {
				r.Probes = append(r.Probes, capacity.Probe{Rate: rate, Planned: 1000, Slow: []uint64{uint64(i * i * (k + 1))}})
			}
		}
	}))
	dir := os.Getenv("FIGURES")
	if dir == "" {
		dir = t.TempDir()
	}
	if err := figure.WriteSVG(filepath.Join(dir, "capacity.svg")); err != nil {
		t.Error(err)
	}
	if err := figure.WritePNG(filepath.Join(dir, "capacity.png")); err != nil {
		t.Error(err)
	}
}

func TestCapacityProgress(t *testing.T) {
	for want, p := range map[string]capacity.Progress{
		"run 4, about 1m40s left  sweep: 8 clients":                      {Phase: capacity.Sweep, Runs: 3, Clients: 8, Left: 100 * time.Second},
		"run 22, about 1m0s left  search: 250/s":                         {Phase: capacity.Hunt, Runs: 21, Rate: 250, Left: time.Minute},
		"run 40, about 9s left  confirm: 412.5/s, between 400 and 430/s": {Phase: capacity.Confirm, Runs: 39, Rate: 412.5, Left: 9 * time.Second, Low: 400, High: 430},
		"run 50, about 0s left  done":                                    {Runs: 49},
	} {
		if got := capacityProgress(p); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
