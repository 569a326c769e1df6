package loadgen

import (
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"
)

// A Unix domain's socket is dialled whatever host the target names.
func TestUnixSocket(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "socket")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != "nowhere.invalid" {
			w.WriteHeader(http.StatusBadRequest)
		}
	}))
	_ = s.Listener.Close()
	s.Listener = l
	s.Start()
	t.Cleanup(s.Close)
	for _, keep := range []bool{false, true} {
		a := &Attack{
			Targets: []Target{{URL: "http://nowhere.invalid/"}}, Socket: path, Clients: 2, KeepAlive: keep, Duration: 100 * time.Millisecond,
			Think: func() time.Duration { return time.Millisecond },
		}
		if r := attack(t, a); r.Completed == 0 || r.Failed > 0 || (r.Reused > 0) != keep {
			t.Errorf("keep-alive %v: %d completed, %d reused, failures %v", keep, r.Completed, r.Reused, r.Failures)
		}
	}
}
