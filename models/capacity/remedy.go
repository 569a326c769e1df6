package capacity

import (
	"context"
	"math"

	"github.com/workerlab/workerlab/results/stat"
)

// A Remedy says what it would take where no size meets the goal: each of its parts alone would do. Zero: it
// does not help, as far as was looked.
type Remedy struct {
	Least Size // the smallest there is, and what it takes, in bytes: of interest where none fits
	Floor float64

	Size    Size            // that comes nearest, of which the following is said
	Rate    float64         // requests/s at which it still meets the goal
	Slow    bool            // it does not meet it even without load: the requests themselves take too long
	Relaxed []stat.Interval // of each latency, in seconds: what it does; its upper bound would be met as an objective

	Memory float64 // bytes with which some size meets the goal
	Cores  int     // with which Grown does
	Grown  Size
}

// most that is looked at: the deployment's cores times this.
const mostCores = 8

// Remedy looks for what it would take to meet the goal that the plan p does not meet.
func (d *Deployment) Remedy(ctx context.Context, g Goal, p Plan, seed uint64) (Remedy, error) {
	unlimited := g
	unlimited.Memory = 0
	all := d.sizes(unlimited)
	if len(all) == 0 {
		return Remedy{}, nil
	}
	r := Remedy{Least: all[0], Floor: d.MemoryRange(all[0]).High, Size: d.nearest(g, p)}
	if g.Memory > 0 {
		roomy, err := New(ctx, d, unlimited, seed, nil)
		if err != nil {
			return r, err
		}
		if roomy.Best != nil {
			r.Memory = roomy.Best.MemoryRange.High
		}
	}
	if p.Screened == 0 && r.Memory > 0 {
		return r, nil // it is the memory alone
	}
	if err := d.relax(ctx, g, p, &r, seed); err != nil || r.Slow || r.Memory > 0 {
		return r, err
	}
	return r, d.grow(ctx, g, &r, seed)
}

// relax finds what the nearest size does meet.
func (d *Deployment) relax(ctx context.Context, g Goal, p Plan, r *Remedy, seed uint64) error {
	curve, err := d.Curve(ctx, r.Size, Load{}, g, seed)
	if err != nil {
		return err
	}
	r.Slow = curve.Breaks.Low == 0
	r.Rate = min(g.Rate, curve.Breaks.Low)
	if math.IsInf(curve.Breaks.Low, 1) {
		r.Rate = min(g.Rate, curve.Outcomes[len(curve.Outcomes)-1].Rate)
	}
	if n := p.Nearest; n != nil && !n.Saturated {
		for _, l := range g.Latencies {
			r.Relaxed = append(r.Relaxed, n.Quantile(l.Quantile))
		}
	}
	return nil
}

// nearest is the size that the plan found nearest, or the one that bears most, in the memory if any fits.
func (d *Deployment) nearest(g Goal, p Plan) (best Size) {
	if p.Nearest != nil {
		return p.Nearest.Size
	}
	sizes := d.sizes(g)
	if len(sizes) == 0 {
		g.Memory = 0
		sizes = d.sizes(g)
	}
	most := -1.0
	for _, s := range sizes {
		if x := d.Ceiling(s).Throughput; x > most*(1+1e-9) {
			best, most = s, x
		}
	}
	return best
}

// grow doubles cores and workers until the goal is met, whatever the memory.
func (d *Deployment) grow(ctx context.Context, g Goal, r *Remedy, seed uint64) error {
	g.Memory = 0
	for times := 2; times <= mostCores; times *= 2 {
		larger := *d
		larger.Cores = times * d.Cores
		size := r.Size
		size.Workers = max(times*size.Workers, larger.Cores)
		o, err := larger.Predict(ctx, size, g.Rate, seed)
		if err != nil {
			return err
		}
		if g.Met(o) {
			r.Cores, r.Grown = larger.Cores, size
			return nil
		}
	}
	return nil
}
