package rig

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/loadgen"
	"github.com/workerlab/workerlab/loadgen/slow"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

// settle reads what there is to read before the load.
func (x *subject) settle(ctx context.Context) (err error) {
	if x.Memory == trial.WhileHeld {
		if err := keepMemory(&x.record, "idle_", x.roots()); err != nil {
			return err
		}
	}
	x.before, err = x.rest(ctx)
	return err
}

// measure puts the load on the servers and records what came of it.
func (x *subject) measure(ctx context.Context) (err error) {
	if err := x.load(ctx); err != nil {
		return err
	}
	if x.after, err = x.rest(ctx); err != nil {
		return err
	}
	x.after.keep(x.before, &x.record)
	return nil
}

// roots are the roots of the trial's servers.
func (x *subject) roots() (pids []int) {
	for _, running := range x.pods {
		pids = append(pids, running.roots()...)
	}
	return pids
}

// workers are the scoreboards of the trial's servers, one after the other.
func (x *subject) workers(ctx context.Context) ([]Worker, error) {
	var all []Worker
	for pod, running := range x.pods {
		workers, err := running.Scoreboard(ctx)
		if err != nil {
			return nil, err
		}
		for _, w := range workers {
			w.Pod = pod
			all = append(all, w)
		}
	}
	return all, nil
}

// traffic is what ran while a trial was measured.
type traffic struct {
	main     *loadgen.Report // of all pods together
	ended    time.Time       // when that was over, with all that ran beside it
	hog      *loadgen.Report
	slow     slow.Report
	log      *journal
	kill     casualty
	replaced time.Duration // from the signal to reload until all workers of before had ended; 0: not in time
}

// load puts the trial's streams on the servers, with what happens meanwhile.
func (x *subject) load(ctx context.Context) error {
	saw := &traffic{log: &journal{}}
	all, during := errgroup.WithContext(ctx)   // the first failure ends all of it
	loaded, over := context.WithCancel(during) // for what lasts just as long as the load
	defer over()
	x.dawdle(during, loaded, all, saw)
	if x.Hog.Do != "" {
		all.Go(func() (err error) {
			saw.hog, err = x.send(during, x.Hog, "hog ", nil)
			return err
		})
	}
	all.Go(func() error { return x.happen(during, saw) })
	all.Go(func() error { return x.peak(loaded) })
	all.Go(func() (err error) {
		defer over()
		saw.main, err = x.send(during, x.Load, "", x.observer(saw.log))
		return err
	})
	if err := all.Wait(); err != nil {
		return err
	}
	if x.Event != trial.Nothing {
		const behind = 50 * time.Millisecond // a client may see a worker's end before the arbiter tells of it
		if err := sleep(ctx, behind); err != nil {
			return err
		}
	}
	saw.ended = time.Now()
	return x.keep(saw)
}

// dawdle starts the slow clients and waits until they are connected. They last until the load is over.
func (x *subject) dawdle(ctx, loaded context.Context, all *errgroup.Group, saw *traffic) {
	if x.Slow.Clients == 0 {
		return
	}
	connected := make(chan struct{})
	all.Go(func() error {
		server, err := url.Parse(x.pods[0].URL)
		if err != nil {
			return fmt.Errorf("address of the server: %w", err)
		}
		clients := slow.Clients{
			Address: server.Host, N: x.Slow.Clients, Over: x.Slow.Over,
			Read: x.Slow.Read, Post: x.Slow.Post, Connected: connected,
		}
		saw.slow, err = clients.Run(loaded)
		return err
	})
	select {
	case <-connected:
	case <-ctx.Done(): // and Wait tells why
	}
}

// send puts one load on the trial's servers and pools what came of it.
func (x *subject) send(ctx context.Context, l spec.Load, purpose string, observe func(loadgen.Sample)) (*loadgen.Report, error) {
	parts, err := x.Deal(l, len(x.pods), x.draws, purpose)
	if err != nil {
		return nil, err
	}
	reports, errs := make([]*loadgen.Report, len(parts)), make([]error, len(parts))
	var pods sync.WaitGroup
	for i, part := range parts {
		if l.Clients == 0 && len(part.At) == 0 {
			continue // nothing was routed to this one
		}
		a := attack(x.Trial, x.pods[i].URL, l, part, x.draws, purpose)
		a.Start, a.Observe, a.Socket = x.begin, observe, x.pods[i].Socket
		pods.Go(func() { reports[i], errs[i] = a.Run(ctx) })
	}
	pods.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return pooled(reports)
}

// pooled is the account of all parts of a load.
func pooled(reports []*loadgen.Report) (*loadgen.Report, error) {
	reports = slices.DeleteFunc(reports, func(r *loadgen.Report) bool { return r == nil })
	if len(reports) == 0 {
		return nil, errors.New("the load has no requests")
	}
	sum := reports[0]
	for _, r := range reports[1:] {
		sum.Offered, sum.Throughput = sum.Offered+r.Offered, sum.Throughput+r.Throughput
		sum.Planned, sum.Sent, sum.Unsent = sum.Planned+r.Planned, sum.Sent+r.Sent, sum.Unsent+r.Unsent
		sum.Total += r.Total
		sum.GeneratorCPU = max(sum.GeneratorCPU, r.GeneratorCPU)
		sum.Completed, sum.Failed = sum.Completed+r.Completed, sum.Failed+r.Failed
		sum.Opened, sum.Reused, sum.Broken = sum.Opened+r.Opened, sum.Reused+r.Reused, sum.Broken+r.Broken
		for kind, n := range r.Failures {
			sum.Failures[kind] += n
		}
		sum.Service.Merge(r.Service)
		sum.Response.Merge(r.Response)
		sum.Lag.P99 = max(sum.Lag.P99, r.Lag.P99)
		sum.Invalid, sum.Warnings = append(sum.Invalid, r.Invalid...), append(sum.Warnings, r.Warnings...)
		if r.Start.Before(sum.Start) {
			sum.Start = r.Start
		}
	}
	return sum, nil
}

// keep records what was seen.
func (x *subject) keep(saw *traffic) error {
	keepReport(&x.record, saw.main)
	if strings.HasPrefix(x.Load.Do, "/") {
		keepErrors(&x.record, saw.main)
	}
	x.sent, x.generator = saw.main.Total, saw.main.GeneratorCPU
	if saw.hog != nil {
		x.sent += saw.hog.Total
		x.record.Set("hog_completed", float64(saw.hog.Completed), "requests")
		x.record.Set("hog_failed", float64(saw.hog.Failed), "requests")
	}
	if x.Slow.Clients > 0 {
		x.record.Set("slow_completed", float64(saw.slow.Completed), "requests")
		x.record.Set("slow_failed", float64(saw.slow.Failed), "requests")
	}
	if x.Load.Burst == 1 {
		saw.log.keepFate(&x.record)
	}
	x.keepEvent(saw)
	if x.Traced {
		return x.keepTrace(saw)
	}
	return nil
}

// keepErrors condemns a run in which more than one request in a hundred failed of an application that is asked for
// its own paths: what its errors cost is no figure of it.
func keepErrors(record *results.Record, r *loadgen.Report) {
	const most = 0.01
	switch {
	case r.Completed+r.Failed == 0:
		record.Invalid = append(record.Invalid, "deployment: no request was answered")
	case float64(r.Failed) > most*float64(r.Sent):
		record.Invalid = append(record.Invalid, "deployment: more than 1 % of the requests failed")
		record.Warnings = append(record.Warnings, fmt.Sprintf("%d of %d requests failed (%s)", r.Failed, r.Sent, kinds(r.Failures)))
	}
}

// kinds are the kinds of failures with their counts, in one order.
func kinds(failures map[string]uint64) string {
	var list []string
	for _, kind := range slices.Sorted(maps.Keys(failures)) {
		list = append(list, fmt.Sprintf("%d × %s", failures[kind], kind))
	}
	return strings.Join(list, ", ")
}

func keepReport(record *results.Record, r *loadgen.Report) {
	record.Offered, record.Planned, record.Sent = r.Offered, r.Planned, r.Sent
	record.Completed, record.Failed, record.Unsent = r.Completed, r.Failed, r.Unsent
	record.Failures = maps.Clone(r.Failures)
	record.Service, record.Response = results.Wrap(r.Service), results.Wrap(r.Response)
	record.Set("throughput", r.Throughput, "requests/s")
	record.Set("lag_p99", r.Lag.P99.Seconds(), "seconds")
	record.Set("opened", float64(r.Opened), "connections")
	record.Set("reused", float64(r.Reused), "requests")
	record.Set("reset", float64(r.Broken), "requests")
	if len(r.Invalid) > 0 { // one reason for all runs, so that they can be counted; the figures beside it
		record.Invalid = append(record.Invalid, "generator: the load was not what was asked for")
	}
	record.Warnings = slices.Concat(record.Warnings, r.Invalid, r.Warnings)
}
