package fidelity

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/trial"
)

// Theirs is the software that ours is held against.
const Theirs = "gunicorn"

// A Starter starts the server of a trial: a Session does.
type Starter interface {
	Start(context.Context, trial.Trial) (*rig.Running, error)
}

// Progress is where a comparison stands.
type Progress struct {
	What        string // that runs now
	Done, Total int
	Left        time.Duration
}

// atOnce is how many behaviours are observed at the same time, each on two servers. They mostly wait.
const atOnce = 8

// Observe observes the behaviours of the classes on both servers and compares them. A difference that nobody
// can explain is looked at once more: an accident of the host is no behaviour. What cannot be observed is
// part of the result; only the end of ctx is an error.
func Observe(ctx context.Context, start Starter, behaviours []Behaviour, classes []string, progress func(Progress)) ([]Row, error) {
	var rows []Row
	for _, b := range behaviours {
		for _, class := range classes {
			rows = append(rows, Row{Behaviour: b.ID, Class: class, about: b})
		}
	}
	o := &observer{start: start, tell: progress}
	if err := o.all(ctx, those(rows, func(*Row) bool { return true })); err != nil {
		return nil, err
	}
	if err := o.all(ctx, those(rows, (*Row).Unexplained)); err != nil {
		return nil, err
	}
	return rows, nil
}

// those are the rows of which something holds.
func those(rows []Row, holds func(*Row) bool) (chosen []*Row) {
	for i := range rows {
		if holds(&rows[i]) {
			chosen = append(chosen, &rows[i])
		}
	}
	return chosen
}

// An observer observes rows, several at once.
type observer struct {
	start Starter
	tell  func(Progress)

	mu          sync.Mutex
	done, total int           // rows
	left        time.Duration // of all rows that are not done, one after the other
}

// all observes the rows, the longest first.
func (o *observer) all(ctx context.Context, rows []*Row) error {
	o.done, o.total = 0, len(rows)
	for _, row := range rows {
		o.left += row.takes()
	}
	slices.SortStableFunc(rows, func(a, b *Row) int { return cmp.Compare(b.takes(), a.takes()) })
	free := make(chan struct{}, atOnce)
	var busy sync.WaitGroup
	for _, row := range rows {
		free <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		o.begin(row)
		busy.Go(func() {
			o.row(ctx, row)
			o.end(row)
			<-free
		})
	}
	busy.Wait()
	return context.Cause(ctx)
}

// takes is about how long the row takes, with its servers' start.
func (r *Row) takes() time.Duration { return r.about.Takes + 2*time.Second }

func (o *observer) begin(row *Row) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tell(Progress{
		What: row.Behaviour + " of " + row.Class, Done: o.done, Total: o.total,
		Left: max(o.left/atOnce, row.takes()),
	})
}

func (o *observer) end(row *Row) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.done++
	o.left -= row.takes()
}

// row observes both servers at the same time.
func (o *observer) row(ctx context.Context, row *Row) {
	var both sync.WaitGroup
	both.Go(func() { row.Ours = o.one(ctx, row.about, "", row.Class) })
	both.Go(func() { row.Theirs = o.one(ctx, row.about, Theirs, row.Class) })
	both.Wait()
	row.Looks++
	row.judge()
}

// one observes a server, and leaves nothing of it.
func (o *observer) one(ctx context.Context, b Behaviour, system, class string) Observation {
	running, err := o.start.Start(ctx, b.trial(system, class))
	if err != nil {
		return Observation{Failed: err.Error()}
	}
	defer func() { _ = running.Stop() }() // a server that was told to end may take its time: it is killed
	events, err := b.probe(ctx, newStage(running))
	if err != nil {
		return Observation{Failed: fmt.Sprint(err)}
	}
	return Observation{Events: events}
}
