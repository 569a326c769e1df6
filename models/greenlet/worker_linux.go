package greenlet

import (
	"context"

	"github.com/workerlab/workerlab/server"
	"github.com/workerlab/workerlab/server/loop"
)

// The real workers.
var (
	GeventWorker   server.Worker = worker{one: true}
	EventletWorker server.Worker = worker{}
)

type worker struct {
	one bool // take one connection a turn where there are several workers
}

// Procs is 2, though the loop is the only thread that computes: with a single one Go's monitor takes it
// away in every wait and for that wakes as often, a tenth of the CPU time of a lone request.
func (worker) Procs(server.Settings) int { return 2 }

func (w worker) Serve(ctx context.Context, env *server.Env) error {
	batch := 0
	if w.one && env.Settings.Workers > 1 {
		batch = 1
	}
	return loop.Serve(ctx, loop.Options{
		Listeners: env.Listeners, Conns: env.Conns, Page: env.Page, Lock: env.Lock, Burner: env.Burner,
		Log: env.Log, Connections: env.Settings.Connections, Exclusive: env.Settings.Exclusive,
		Beat: env.Settings.Beat(), AcceptBatch: batch,
	})
}
