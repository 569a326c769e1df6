package sim

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/workerlab/workerlab/results/stat"
)

// A Course is how a server fares under a load from a given beginning on, step by step, whether it can bear the load or
// not: each figure is a mean of independent replications with its interval.
type Course struct {
	Step         time.Duration
	Steps        []Moment
	Replications int
	Requests     int // of all replications
}

// A Moment is one step of a Course. What is counted is of the step, and a second of it.
type Moment struct {
	End       time.Duration
	Held      stat.Interval // requests in the server at the end of the step, served or waiting, those given up too
	Waiting   stat.Interval // of these, that nobody serves yet
	Sent      stat.Interval // per second
	Answered  stat.Interval // per second
	GivenUp   stat.Interval // per second: of clients whose patience ended, or whose worker was killed
	Retried   stat.Interval // per second: attempts to connect that found the backlog full
	Restarts  stat.Interval // of workers, in the step
	Mean, P95 stat.Interval // response of what was answered in the step, seconds; not known where nothing was
}

// A Watch says what of a course is wanted.
type Watch struct {
	Horizon      time.Duration
	Steps        int // of equal length
	Replications int // at least 2 …
	Confidence   float64
	// Each is told of every replication that begins; nil: nobody is.
	Each func(replication int)
}

// Transient carries the load out from time 0 to the horizon, in several replications. WarmUp and Window are not used.
// It ends with ctx, whose cause it returns.
func Transient(ctx context.Context, c Config, l Load, seed uint64, watch Watch) (Course, error) {
	if watch.Horizon <= 0 || watch.Steps < 1 || watch.Replications < 2 {
		return Course{}, fmt.Errorf("sim: %d steps in %v, %d replications: want some steps in some time, and 2 replications or more", watch.Steps, watch.Horizon, watch.Replications)
	}
	l.WarmUp, l.Window = 0, watch.Horizon
	course := Course{Step: watch.Horizon / time.Duration(watch.Steps), Replications: watch.Replications}
	all := make([][]moment, watch.Steps)
	for n := range watch.Replications {
		if watch.Each != nil {
			watch.Each(n)
		}
		seen, err := course.replicate(ctx, c, l, seed, uint64(n), watch.Steps)
		if err != nil {
			return course, err
		}
		for i, m := range seen {
			all[i] = append(all[i], m)
			course.Requests += m.sent
		}
	}
	for i, seen := range all {
		m := summary(seen, course.Step, watch.Confidence)
		m.End = course.Step * time.Duration(i+1)
		course.Steps = append(course.Steps, m)
	}
	return course, nil
}

// A moment is a step of one replication.
type moment struct {
	held, waiting, sent, answered, failed, retried, restarts int
	mean, p95                                                float64 // seconds
}

// replicate watches one replication.
func (c *Course) replicate(ctx context.Context, config Config, l Load, seed, replication uint64, steps int) ([]moment, error) {
	w, stop, err := start(config, l, seed, replication, nil)
	if err != nil {
		return nil, err
	}
	defer stop()
	seen := make([]moment, steps)
	for i := range seen {
		before := w.out
		if err := w.until(ctx, c.Step*time.Duration(i+1)); err != nil {
			return nil, err
		}
		seen[i] = w.since(before)
	}
	return seen, nil
}

// since is what has happened since a result was as it was before.
func (w *world) since(before Result) moment {
	m := moment{
		sent: w.out.Planned - before.Planned, answered: w.out.Answered - before.Answered, failed: w.out.Failed - before.Failed,
		retried: w.out.Retries - before.Retries, restarts: w.out.Restarts - before.Restarts, waiting: len(w.backlog),
	}
	for i := range w.workers {
		m.waiting += len(w.workers[i].queue)
		m.held += w.workers[i].busy
	}
	m.held += m.waiting
	fresh := Result{Responses: w.out.Responses[len(before.Responses):]}
	m.mean, m.p95 = fresh.Mean().Seconds(), fresh.Quantile(0.95).Seconds()
	return m
}

// summary is the mean of the replications' steps.
func summary(seen []moment, step time.Duration, confidence float64) Moment {
	each := func(value func(moment) float64) stat.Interval {
		var values []float64
		for _, s := range seen {
			if v := value(s); !math.IsNaN(v) {
				values = append(values, v)
			}
		}
		return stat.Replicated(values, confidence)
	}
	perSecond := func(count func(moment) int) stat.Interval {
		return each(func(m moment) float64 { return float64(count(m)) / step.Seconds() })
	}
	answered := func(value func(moment) float64) stat.Interval {
		return each(func(m moment) float64 {
			if m.answered == 0 {
				return math.NaN()
			}
			return value(m)
		})
	}
	return Moment{
		Held:     each(func(m moment) float64 { return float64(m.held) }),
		Waiting:  each(func(m moment) float64 { return float64(m.waiting) }),
		Restarts: each(func(m moment) float64 { return float64(m.restarts) }),
		Sent:     perSecond(func(m moment) int { return m.sent }),
		Answered: perSecond(func(m moment) int { return m.answered }),
		GivenUp:  perSecond(func(m moment) int { return m.failed }),
		Retried:  perSecond(func(m moment) int { return m.retried }),
		Mean:     answered(func(m moment) float64 { return m.mean }),
		P95:      answered(func(m moment) float64 { return m.p95 }),
	}
}

// Calm reports whether nothing of a kind ever happened.
func (c Course) Calm(of func(Moment) stat.Interval) bool {
	return !slices.ContainsFunc(c.Steps, func(m Moment) bool { return of(m).Estimate > 0 })
}
