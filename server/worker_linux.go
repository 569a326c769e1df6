package server

import (
	"context"
	"log/slog"

	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/gil"
	"github.com/workerlab/workerlab/server/scoreboard"
	"github.com/workerlab/workerlab/server/task"
)

// A Worker is a worker class: it decides which thread runs which connection, and what waiting means.
type Worker interface {
	// Serve accepts and serves connections until ctx is done, then drains: it closes the listeners,
	// answers what is in flight with Connection: close, keeps idle connections for up to the
	// keep-alive time, and returns nil once no connection is left. After Conns.MaxRequests requests
	// Conns.Retire ends ctx. It beats env.Page as its class does.
	Serve(ctx context.Context, env *Env) error

	// Procs is the GOMAXPROCS that the class runs with.
	Procs(Settings) int
}

// Env is what a worker process lends to its Worker.
type Env struct {
	Settings  Settings
	Listeners []int            // descriptors, non-blocking, shared with the other workers
	Page      *scoreboard.Page // this worker's
	Conns     *exchange.Config // what connections are served with: the app, limits, access log
	Lock      *gil.Lock        // nil: free-threaded
	Burner    task.Burner
	Log       *slog.Logger
}
