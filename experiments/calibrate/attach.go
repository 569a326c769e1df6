package calibrate

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/workerlab/workerlab/models/capacity"
)

const (
	watched   = time.Second // to see what a deployment uses without us
	mostOwn   = 0.05        // cores that it may use by then
	mostAsked = 256         // clients that saturate it
	bearable  = 0.7         // of what it bears, for the open run
)

// Attach calibrates a deployment that runs already, in its one size: each path by a lone client, all of them
// by as many clients as saturate it, and by an open load of 70 % of what it bears, of which the last is the
// check. It starts and stops nothing and sends no signal. The command of the plan is not used.
func Attach(ctx context.Context, p Plan, d *Deployed) (capacity.Calibration, capacity.Deployment, Check, error) {
	var check Check
	var fitted capacity.Deployment
	c := capacity.Calibration{Cores: p.Cores, Names: p.Paths, Weights: p.Weights}
	s := session{Plan: p, of: len(p.Paths) + 2}
	server, err := d.server(ctx, p.Paths)
	if err != nil {
		return c, fitted, check, err
	}
	if err := s.lone(ctx, server, &c); err != nil {
		return c, fitted, check, err
	}
	only, err := s.measure(ctx, server, Load{Clients: saturating(c, d.Size)})
	if err != nil {
		return c, fitted, check, err
	}
	c.Only = &only
	if c.Private, err = d.private(); err != nil {
		return c, fitted, check, err
	}
	if fitted, err = capacity.Fit(c); err != nil {
		return c, fitted, check, err
	}
	rate := bearable * min(only.Throughput, fitted.Ceiling(d.Size).Throughput)
	if check.Predicted, err = fitted.PredictLoad(ctx, d.Size, capacity.Load{Rate: rate, Beside: true}, p.Seed); err != nil {
		return c, fitted, check, err
	}
	check.Measured, err = s.measure(ctx, server, Load{Rate: rate})
	return c, fitted, check, err
}

// server is the deployment, once it has answered on all paths and has been seen idle.
func (d *Deployed) server(ctx context.Context, paths []string) (*Server, error) {
	s := &Server{URL: d.URL, Size: d.Size, socket: d.Socket, pid: d.PID}
	for _, path := range paths {
		if err := s.answers(ctx, path); err != nil {
			return nil, fmt.Errorf("%s: %w", d.Address, err)
		}
	}
	used, err := s.meter()
	if err != nil {
		return nil, err
	}
	timer := time.NewTimer(watched)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	idle, err := used()
	if err != nil {
		return nil, err
	}
	if s.idle = idle.Seconds() / watched.Seconds(); s.idle > mostOwn {
		return nil, fmt.Errorf("the deployment at %s uses %.0f %% of a core while we ask for nothing: it serves others or works by itself, which would be taken for our requests' work; attach to one that is idle, or give its command after --", d.Address, 100*s.idle)
	}
	return s, nil
}

// MeasureAttached measures the deployment under a load, in the size that it has.
func MeasureAttached(ctx context.Context, p Plan, d *Deployed, l Load) ([]capacity.Run, error) {
	server, err := d.server(ctx, p.Paths)
	if err != nil {
		return nil, err
	}
	s := session{Plan: p, of: 1}
	run, err := s.measure(ctx, server, l)
	return []capacity.Run{run}, err
}

// saturating is how many clients keep all that can be busy busy: twice the requests that the size serves at
// once, or, of a class that serves any number, twice those that fill the cores while the others wait.
func saturating(c capacity.Calibration, s capacity.Size) int {
	const least = 4
	slots := s.Workers * s.Threads
	if !slices.Contains([]string{"sync", "gthread", "tornado"}, s.Class) {
		slots = min(mostAsked, int(math.Ceil(float64(min(s.Workers, c.Cores))*held(c))))
	}
	return max(least, min(mostAsked, 2*slots))
}
