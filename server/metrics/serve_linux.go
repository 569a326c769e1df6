package metrics

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/workerlab/workerlab/server/scoreboard"
)

// Handler answers /metrics and /scoreboard of a server of that class.
func Handler(board *scoreboard.Board, class string) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(NewCollector(board, class))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /scoreboard", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(Read(board)) // the client is gone, if anything
	})
	return mux
}

// A server closes and waits for what it started.
type server struct {
	http *http.Server
	done chan struct{}
}

// Serve answers on l, which it owns, until it is closed. Close also waits for Serve's goroutine.
func Serve(l net.Listener, board *scoreboard.Board, class string) io.Closer {
	s := &server{
		http: &http.Server{Handler: Handler(board, class), ReadHeaderTimeout: 10 * time.Second},
		done: make(chan struct{}),
	}
	go func() {
		defer close(s.done)
		_ = s.http.Serve(l) // ErrServerClosed, or the listener is broken and the next scrape says so
	}()
	return s
}

// Close implements io.Closer. Readings under way are cut off.
func (s *server) Close() error {
	err := s.http.Close()
	<-s.done
	return err
}
