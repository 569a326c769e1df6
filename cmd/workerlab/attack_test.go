package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/workerlab/workerlab/loadgen"
)

// A scriptServer is what the attack scripts shoot at: $SERVER. The script command "served N" waits
// until it has answered N requests.
type scriptServer struct {
	*httptest.Server
	served atomic.Int64
}

func newScriptServer() *scriptServer {
	s := new(scriptServer)
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello\n")) })
	mux.Handle("/moved", http.RedirectHandler("/elsewhere", http.StatusFound))
	mux.HandleFunc("/busy", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mux.ServeHTTP(w, r)
		s.served.Add(1)
	}))
	return s
}

type scriptServerKey struct{}

func TestAttackScripts(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob("testdata/attack*.txt")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("scripts %q: %v", scripts, err)
	}
	testscript.Run(t, testscript.Params{
		Files: scripts,
		Setup: func(env *testscript.Env) error {
			s := newScriptServer()
			env.Defer(s.Close)
			env.Setenv("SERVER", s.URL)
			env.Values[scriptServerKey{}] = s
			return exitAtOnce(env)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"served": served},
	})
}

// served waits until the script's server has answered as many requests as its argument says,
// or fails after a time in which any machine would have.
func served(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: served N")
	}
	want, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	s, _ := ts.Value(scriptServerKey{}).(*scriptServer)
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	patience := time.After(20 * time.Second)
	for s.served.Load() < want {
		select {
		case <-ticker.C:
		case <-patience:
			ts.Fatalf("%d requests served", s.served.Load())
		}
	}
}

// Of an overloaded server's run that was interrupted the answers may all be to the warm-up's requests: a
// throughput would stand beside no request completed.
func TestThroughputIsToldOnlyBesideWhatWasCompleted(t *testing.T) {
	load := &attackLoad{attack: &loadgen.Attack{Targets: []loadgen.Target{{Method: "GET", URL: "http://h/"}}}, arrivals: "constant"}
	for _, c := range []struct {
		name       string
		completed  uint64
		throughput float64
		told       bool
	}{
		{"only the warm-up was answered", 0, 40, false},
		{"nothing was answered", 0, 0, true},
		{"answered", 10, 40, true},
	} {
		r := &loadgen.Report{
			Sent: 100, Planned: 100, Completed: c.completed, Throughput: c.throughput,
			Response: hdrhistogram.New(1, 1000, 3), Service: hdrhistogram.New(1, 1000, 3),
		}
		var table strings.Builder
		if err := printAttack(&table, load, r); err != nil {
			t.Fatal(err)
		}
		inTable, inJSON := strings.Contains(table.String(), "throughput"), newAttackJSON(load, r).Throughput != nil
		if inTable != c.told || inJSON != c.told {
			t.Errorf("%s: told in the table %v, in JSON %v; want %v", c.name, inTable, inJSON, c.told)
		}
	}
}
