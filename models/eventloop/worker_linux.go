package eventloop

import (
	"context"

	"github.com/workerlab/workerlab/server"
	"github.com/workerlab/workerlab/server/blocking"
	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/loop"
)

// The real workers.
var (
	TornadoWorker server.Worker = worker{blocks: true}
	AsyncioWorker server.Worker = worker{}
)

type worker struct {
	blocks bool // the app is called inside the loop and does not await
}

// Procs is 2, though the loop is the only thread that computes: with a single one Go's monitor takes it
// away in every wait and for that wakes as often, a tenth of the CPU time of a lone request.
func (worker) Procs(server.Settings) int { return 2 }

func (w worker) Serve(ctx context.Context, env *server.Env) error {
	if w.blocks {
		env.Conns.Handler = blocked(env)
	}
	return loop.Serve(ctx, loop.Options{
		Listeners: env.Listeners, Conns: env.Conns, Page: env.Page, Lock: env.Lock, Burner: env.Burner,
		Log: env.Log, Connections: env.Settings.Connections, Exclusive: env.Settings.Exclusive,
		Beat: env.Settings.Beat(),
	})
}

// blocked makes the app's demands stop the loop: the connection is still pulled, but while the handler
// runs, its demands are pushed into an executor that stands where the loop stands. Only for its client
// it waits without blocking, as tornado, which collects bodies and sends responses for the app.
func blocked(env *server.Env) exchange.Handler {
	app := env.Conns.Handler
	exec := &blocking.Executor{Burner: env.Burner, Lock: env.Lock}
	perform := exec.Perform
	return func(x *exchange.Exchange) (err error) {
		x.Push(perform, func() { err = app(x) })
		return err
	}
}
