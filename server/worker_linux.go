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

// A Forker is a Worker that serves nothing itself: each of its connections has a process of its own (Env.Start),
// which loads the app. The worker needs none.
type Forker interface {
	Worker
	Forks()
}

// A Child is a process that serves one connection.
type Child struct {
	Ended int    // a descriptor that can be read once the process has ended
	Reap  func() // takes its exit status and closes Ended, once it has ended
}

// Env is what a worker process lends to its Worker.
type Env struct {
	Settings Settings
	// Connection is the one that this process was made to serve, and close; 0: it is a worker, which accepts.
	Connection int
	// Start makes a process of this program with this app, which serves a copy of the connection.
	Start func(connection int) (Child, error)

	Listeners []int            // descriptors, non-blocking, shared with the other workers
	Page      *scoreboard.Page // this worker's
	Conns     *exchange.Config // what connections are served with: the app, limits, access log
	Lock      *gil.Lock        // nil: free-threaded
	Burner    task.Burner
	Log       *slog.Logger
}
