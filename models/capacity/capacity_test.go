package capacity

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

const ms = time.Millisecond

// calibration is that of a deployment whose requests compute 3 ms, of which 0.6 without the lock, and wait 20,
// on two cores, where the work grows by a tenth when both are busy.
func calibration() Calibration {
	return Calibration{
		Cores: 2, Names: []string{"/"}, Weights: []float64{1},
		Runs: []Run{
			{Size: Size{"sync", 1, 1}, Path: "/", Clients: 1, CPU: 3100 * time.Microsecond, Mean: 23 * ms, Law: []float64{0.7, 0.9, 1, 1.1, 1.3}},
			{Size: Size{"sync", 1, 1}, Clients: 4, CPU: 3 * ms, Throughput: 43, PSS: 40 << 20},
			{Size: Size{"sync", 24, 1}, Clients: 48, CPU: 3300 * time.Microsecond, Throughput: 600, PSS: 500 << 20},
			{Size: Size{"gthread", 1, 4}, Clients: 8, CPU: 3 * ms, Throughput: 416.7, PSS: 46 << 20},
		},
	}
}

// Places of the calibration's runs.
const (
	lone = iota
	one
	full
	threads
)

func TestFit(t *testing.T) {
	d, err := Fit(calibration())
	if err != nil {
		t.Fatal(err)
	}
	if d.CPU() != 3*ms || d.Wait() != 19900*time.Microsecond || math.Abs(d.load(2, false)-1.1) > 1e-9 || d.load(0, false) != 1 || (d.Outside-600*time.Microsecond).Abs() > time.Microsecond {
		t.Errorf("%+v", d)
	}
	if d.Worker != 20<<20 || d.Base != 20<<20 || d.Thread != 2<<20 || d.Memory(Size{"gthread", 3, 5}) != 104<<20 {
		t.Errorf("memory: base %g, worker %g, thread %g", d.Base, d.Worker, d.Thread)
	}
	c := calibration()
	c.Runs[lone].Mean += time.Millisecond // which the worker is not held for
	c.Runs[lone].Generator = 200 * time.Microsecond
	c.Runs = append(c.Runs, Run{Size: c.Runs[full].Size, Rate: 400, CPU: 3200 * time.Microsecond, Throughput: 400})
	if d, err := Fit(c); err != nil || math.Abs(d.load(0, true)-1.0333) > 1e-3 || d.generator(0, true) != 200*time.Microsecond || d.Overhead < 430*time.Microsecond || d.Overhead > 450*time.Microsecond {
		t.Errorf("of 24 ms 3.1 are work, 20.26 waits and 0.2 the client's: %+v, %v", d, err)
	}
	for name, spoil := range map[string]func(*Calibration){
		"no path":       func(c *Calibration) { c.Names = nil },
		"nothing used":  func(c *Calibration) { c.Runs[lone].CPU = 0 },
		"not saturated": func(c *Calibration) { c.Runs = c.Runs[:1] },
	} {
		c := calibration()
		spoil(&c)
		if _, err := Fit(c); err == nil {
			t.Errorf("%s: fitted", name)
		}
	}
}

// quick is the deployment of the calibration, simulated for less long: what is asserted has a wide margin.
func quick(t *testing.T, c Calibration) Deployment {
	t.Helper()
	d, err := Fit(c)
	if err != nil {
		t.Fatal(err)
	}
	d.Effort = Effort{Replications: 5, Window: 4 * time.Second}
	return d
}

func TestPlanRecommendsTheCheapest(t *testing.T) {
	t.Parallel()
	d := quick(t, calibration())
	goal := Goal{Rate: 200, Latencies: []Latency{{0.99, 250 * ms}}, Errors: 0.01, Classes: []string{"sync", "gthread"}}
	told := 0
	p, err := New(t.Context(), &d, goal, 1, func(n, of int, _ Size) {
		if told++; n != told || of < n {
			t.Errorf("told of size %d of %d as the %dth", n, of, told)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if p.Best == nil || !goal.Met(*p.Best) || p.Best.Class != "gthread" || p.Best.Workers > 2 {
		t.Fatalf("%+v: one worker with threads holds what 5 processes would", p.Best)
	}
	for _, o := range p.Alternatives {
		if o.Memory < p.Best.Memory {
			t.Errorf("%v is cheaper than %v", o.Size, p.Best.Size)
		}
	}
	if p.Rule.Size != (Size{"sync", 5, 1}) || p.Simulated > p.Screened || told != p.Simulated || len(p.Tried) != told {
		t.Errorf("rule %v, simulated %d of %d, told of %d, kept %d", p.Rule.Size, p.Simulated, p.Screened, told, len(p.Tried))
	}
	// More load needs more, and never less memory.
	goal.Rate = 300
	more, err := New(t.Context(), &d, goal, 1, nil)
	if err != nil || more.Best == nil || more.Best.Memory < p.Best.Memory {
		t.Errorf("at 300/s %+v, %v", more.Best, err)
	}
}

func TestPlanThatCannotBeMet(t *testing.T) {
	t.Parallel()
	d := quick(t, calibration())
	goal := Goal{Rate: 50, Latencies: []Latency{{0.99, 10 * ms}}, Classes: []string{"sync"}}
	p, err := New(t.Context(), &d, goal, 1, nil)
	if err != nil || p.Best != nil || p.Nearest == nil || p.Nearest.P99.Estimate < 0.02 {
		t.Errorf("a request waits 20 ms: best %+v, nearest %+v, %v", p.Best, p.Nearest, err)
	}
	goal.Rate = 5000
	if p, err := New(t.Context(), &d, goal, 1, nil); err != nil || p.Best != nil || p.Simulated != 0 {
		t.Errorf("two cores do not bear 5000/s: %+v, %v", p, err)
	}
	for _, bad := range []Goal{{}, {Rate: math.NaN()}, {Rate: 1, Latencies: []Latency{{0.999, ms}}}} {
		if _, err := New(t.Context(), &d, bad, 1, nil); err == nil || !strings.Contains(err.Error(), "capacity: ") {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	if _, err := New(ctx, &d, Goal{Rate: 50, Classes: []string{"sync"}}, 1, nil); err == nil || err.Error() != "enough" {
		t.Errorf("cancelled: %v", err)
	}
}

// What is known less well has wider ranges.
func TestUncertaintyIsCarried(t *testing.T) {
	t.Parallel()
	d := quick(t, calibration())
	width := func(e float64) float64 {
		d.Error = e
		o, err := d.Predict(t.Context(), Size{"sync", 5, 1}, 150, 1)
		if err != nil {
			t.Fatal(err)
		}
		return (o.P99.High - o.P99.Low) / o.P99.Estimate
	}
	if sure, unsure := width(0.02), width(0.3); unsure < 1.3*sure {
		t.Errorf("relative width of p99 %.3f where the work is known to 2 %%, %.3f where to 15", sure, unsure)
	}
}

// Requests vary as the law of a path says.
func TestLaw(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	p := Path{Law: []float64{0.5, 0.5, 1, 2}}
	sum, most := 0.0, 0.0
	const n = 100000
	for range n {
		x := p.factor(random)
		sum, most = sum+x/n, max(most, x)
	}
	// Straight lines between the quantiles: a mean of (0.5 + 0.75 + 1.5)/3.
	if math.Abs(sum-2.75/3) > 0.01 || most > 2 || (Path{}).factor(random) != 1 || (Path{Law: []float64{1}}).factor(random) != 1 {
		t.Errorf("mean %g, most %g", sum, most)
	}
}

// Each part of the model makes a difference where it is about.
func TestWithout(t *testing.T) {
	d, err := Fit(calibration())
	if err != nil {
		t.Fatal(err)
	}
	for i := range d.Busy {
		d.Busy[i].Generator = 0.001
	}
	d.Effort = Effort{Replications: 4, Window: 10 * time.Second}
	l := Load{Beside: true}
	for _, c := range []struct {
		part    Part
		size    Size
		rate    float64
		clients int
		better  func(bare, whole Outcome) bool
	}{
		{Accepting, Size{"gthread", 2, 4}, 280, 0, func(b, w Outcome) bool { return b.P99.Estimate < 0.9*w.P99.Estimate }},
		{Locking, Size{"gthread", 1, 16}, 0, 32, func(b, w Outcome) bool { return b.Throughput.Estimate > 1.1*w.Throughput.Estimate }},
		{Loading, Size{"sync", 24, 1}, 0, 64, func(b, w Outcome) bool { return b.Throughput.Estimate > 1.05*w.Throughput.Estimate }},
		{Generating, Size{"sync", 24, 1}, 0, 64, func(b, w Outcome) bool { return b.Throughput.Estimate > 1.1*w.Throughput.Estimate }},
	} {
		l.Rate, l.Clients = c.rate, c.clients
		whole, err := d.PredictLoad(t.Context(), c.size, l, 1)
		if err != nil {
			t.Fatal(err)
		}
		bare, err := d.Without(c.part).PredictLoad(t.Context(), c.size, l, 1)
		if err != nil || !c.better(bare, whole) {
			t.Errorf("without %s %+v, with it %+v, %v", c.part, bare, whole, err)
		}
	}
}

// Work that changes with the machine's pace is known better where the pace is.
func TestPace(t *testing.T) {
	rounds := func(paces ...[2]float64) Calibration {
		c := calibration()
		runs := c.Runs
		c.Runs = nil
		for round, p := range paces {
			for _, r := range runs {
				r.Round, r.CPU, r.Pace = round, time.Duration(float64(r.CPU)*p[0]), time.Duration(p[1]*float64(ms))
				c.Runs = append(c.Runs, r)
			}
		}
		return c
	}
	changing := rounds([2]float64{0.9, 0.8}, [2]float64{1, 1}, [2]float64{1.1, 1.25}, [2]float64{0.9, 0.8}, [2]float64{1, 1}, [2]float64{1.1, 1.25})
	drift := changing.drift()
	elasticity := drift.elasticity()
	if all, left := drift.deviation(0), drift.deviation(elasticity); math.Abs(elasticity-0.45) > 0.05 || all < 0.08 || left > 0.02 {
		t.Errorf("of the pace's changes by a quarter the work had a tenth: elasticity %.2f, drift %.3f, of which %.3f is left", elasticity, all, left)
	}
	d, err := Fit(changing)
	if err != nil {
		t.Fatal(err)
	}
	slow := d.Paced(1250 * time.Microsecond)
	if got := slow.load(2, false) / d.load(2, false); got < 1.07 || got > 1.12 || slow.Error >= d.Error {
		t.Errorf("at a slow pace %.3f × the work, known to %.3f instead of %.3f", got, slow.Error, d.Error)
	}
	if d.Paced(0) != &d {
		t.Error("of a pace that is not known something is known")
	}
	if e := rounds([2]float64{1, 1}).drift(); e.elasticity() < 0.65 || e.elasticity() > 0.75 || e.deviation(0) != 0 {
		t.Errorf("one round tells of changes: %+v", e)
	}
}
