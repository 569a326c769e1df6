package sim

import (
	"context"
	"iter"
	"time"

	"github.com/workerlab/workerlab/loadgen/arrival"
)

// Run is one replication: the same seed and replication give the same. A trace, if not nil, is given every
// request. It ends with ctx, whose cause it returns.
func Run(ctx context.Context, c Config, l Load, seed, replication uint64, trace *Trace) (Result, error) {
	w, stop, err := start(c, l, seed, replication, trace)
	if err != nil {
		return Result{}, err
	}
	defer stop()
	if err := w.until(ctx, l.WarmUp); err != nil {
		return Result{}, err
	}
	before := w.cores.Busy()
	if err := w.until(ctx, l.WarmUp+l.Window); err != nil {
		return Result{}, err
	}
	busy := w.cores.Busy() - before
	if err := w.drain(ctx); err != nil {
		return Result{}, err
	}
	w.out.close(w, busy)
	return w.out, nil
}

// start is a world at time 0, set going.
func start(c Config, l Load, seed, replication uint64, trace *Trace) (w *world, stop func(), err error) {
	if err := c.check(l); err != nil {
		return nil, nil, err
	}
	w = newWorld(c, l, replication, seed, trace)
	next, stop := func() (time.Duration, bool) { return 0, false }, func() {}
	if l.Arrivals != nil {
		next, stop = pull(arrival.Until(l.Arrivals(replication), l.WarmUp+l.Window))
	}
	w.begin(next)
	return w, stop, nil
}

// pull is iter.Pull, but for its price: each switch between two coroutines takes as long as a tenth of a request, so
// some hundred arrivals come with one.
func pull(s arrival.Schedule) (next func() (time.Duration, bool), stop func()) {
	const most = 256
	several, stop := iter.Pull(func(yield func([]time.Duration) bool) {
		batch := make([]time.Duration, 0, most)
		for at := range s {
			if batch = append(batch, at); len(batch) == most {
				if !yield(batch) {
					return
				}
				batch = batch[:0]
			}
		}
		yield(batch)
	})
	var left []time.Duration
	return func() (at time.Duration, ok bool) {
		if len(left) == 0 {
			if left, _ = several(); len(left) == 0 {
				return 0, false
			}
		}
		at, left = left[0], left[1:]
		return at, true
	}, stop
}

// until lets the world go on to a time, and looks at ctx now and then.
func (w *world) until(ctx context.Context, end time.Duration) error {
	const pieces = 64
	begin := w.sim.Now()
	for i := range pieces {
		w.out.Events += w.sim.Run(begin + (end-begin)*time.Duration(i+1)/pieces)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return nil
}

// drain goes on until every request of the window is answered or given up. Clients of a closed loop go on
// with it, so that the last ones see the load that the others saw. It ends after patience or, where
// clients have none, after as long as the run took: what is open then will hardly ever be answered.
func (w *world) drain(ctx context.Context) error {
	limit := w.load.Patience
	if limit == 0 {
		limit = w.load.WarmUp + w.load.Window
	}
	const step = 100 * time.Millisecond
	for end := w.sim.Now() + limit; w.sim.Now() < end && w.out.Answered+w.out.Failed < w.out.Planned; {
		w.out.Events += w.sim.Run(w.sim.Now() + step)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	w.out.Failed = w.out.Planned - w.out.Answered
	return nil
}
