package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
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
			return nil
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
