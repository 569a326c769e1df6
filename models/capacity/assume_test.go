package capacity

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// only is a calibration of one size that runs, whose saturated run computed for cpu a request at a throughput.
func only(cores int, s Size, throughput float64, cpu time.Duration) Calibration {
	return Calibration{
		Cores: cores, Names: []string{"/"}, Weights: []float64{1},
		Runs: []Run{
			{Size: s, Path: "/", Clients: 1, CPU: 3 * ms, Mean: 23 * ms},
			{Size: s, Clients: 64, Throughput: throughput, CPU: cpu, PSS: 100 << 20, Private: 30 << 20},
		},
	}
}

func near(a, b time.Duration) bool { return (a - b).Abs() <= time.Microsecond }

// What one configuration tells, and what is assumed where it does not.
func TestFitOfOneSize(t *testing.T) {
	const growth, lock, worker, thread = "how much more", "no interpreter lock", "further worker", "further thread"
	for name, c := range map[string]struct {
		Calibration
		cpu     time.Duration
		growth  float64
		outside time.Duration
		assumed []string
	}{
		"all cores busy": { // 600 × 3.3 ms = 1.98 cores
			only(2, Size{"sync", 20, 1}, 600, 3300*time.Microsecond), 3 * ms, 0.1 / 0.98, 450 * time.Microsecond, []string{lock, worker, thread},
		},
		"idle cores": {
			only(2, Size{"sync", 2, 1}, 87, 2900*time.Microsecond), 2900 * time.Microsecond, 0.1, 435 * time.Microsecond, []string{growth, lock, worker, thread},
		},
		"one worker with threads, saturated by itself": { // 1.2 cores
			only(2, Size{"gthread", 1, 8}, 400, 3*ms), 3 * ms, 0.1, 500 * time.Microsecond, []string{growth, worker, thread},
		},
		"threads on all cores": {
			only(2, Size{"gthread", 2, 8}, 640, 3*ms), 3 * ms, 0, 450 * time.Microsecond, []string{lock, worker, thread},
		},
		"one core": {
			only(1, Size{"sync", 4, 1}, 300, 3200*time.Microsecond), 3200 * time.Microsecond, 0, 0, []string{worker, thread},
		},
	} {
		d, err := Fit(c.Calibration)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !near(d.CPU(), c.cpu) || math.Abs(d.Growth()-c.growth) > 1e-9 || !near(d.Outside, c.outside) {
			t.Errorf("%s: computes %v and %.3f more, %v outside; want %v, %.3f, %v", name, d.CPU(), d.Growth(), d.Outside, c.cpu, c.growth, c.outside)
		}
		if !near(d.Wait(), 23*ms-c.cpu) {
			t.Errorf("%s: waits %v", name, d.Wait())
		}
		if len(d.Assumed) != len(c.assumed) {
			t.Errorf("%s: assumed %+v, want %q", name, d.Assumed, c.assumed)
			continue
		}
		for i, a := range d.Assumed {
			if !strings.Contains(a.What, c.assumed[i]) || a.Why == "" || a.Taken.Low >= a.Taken.High {
				t.Errorf("%s: assumed %+v, want %q", name, a, c.assumed[i])
			}
		}
	}
	for name, spoil := range map[string]func(*Calibration){
		"no lone client": func(c *Calibration) { c.Runs = c.Runs[1:] },
		"not saturated":  func(c *Calibration) { c.Runs[1].CPU = 0 },
	} {
		c := only(2, Size{"sync", 2, 1}, 80, 3*ms)
		spoil(&c)
		if _, err := Fit(c); err == nil {
			t.Errorf("%s: fitted", name)
		}
	}
}

// The size that runs takes what it was seen to take, and the further another is from it the less is known.
func TestMemoryOfOneSize(t *testing.T) {
	d, err := Fit(only(2, Size{"gthread", 2, 4}, 300, 3*ms))
	if err != nil {
		t.Fatal(err)
	}
	width := func(s Size) float64 { r := d.MemoryRange(s); return (r.High - r.Low) / r.Estimate }
	here := d.MemoryRange(Size{"gthread", 2, 4})
	if here.Estimate != 100<<20 || width(Size{"gthread", 2, 4}) > 0.05 {
		t.Errorf("%+v: 100 MiB were measured", here)
	}
	if near, far := width(Size{"gthread", 3, 4}), width(Size{"gthread", 9, 16}); near >= far || far < 0.1 {
		t.Errorf("relative width %.3f a worker away, %.3f far away", near, far)
	}
}

// What is not known of the lock widens what is predicted of threads, and of nothing else.
func TestTheLocksSpreadIsCarried(t *testing.T) {
	t.Parallel()
	d := quick(t, only(2, Size{"sync", 20, 1}, 600, 3300*time.Microsecond))
	width := func(s Size, rate float64) float64 {
		o, err := d.Predict(t.Context(), s, rate, 1)
		if err != nil {
			t.Fatal(err)
		}
		return (o.P99.High - o.P99.Low) / o.P99.Estimate
	}
	threads, processes := Size{"gthread", 1, 8}, Size{"sync", 8, 1}
	with, without := width(threads, 290), width(processes, 200)
	d.Spread.Outside = 0
	if sure := width(threads, 290); with < 1.1*sure {
		t.Errorf("threads: relative width of p99 %.3f, and %.3f if the lock's share were known", with, sure)
	}
	if sure := width(processes, 200); sure != without {
		t.Errorf("processes: relative width of p99 %.3f and %.3f", without, sure)
	}
}

// A run that is missing costs what it would have told, by name, and nothing else.
func TestMissingRunsAreAssumed(t *testing.T) {
	without := func(missing int) Calibration {
		c := calibration()
		c.Classes = []string{"gthread", "gevent"}
		c.Runs = append(c.Runs, Run{Size: Size{"gevent", 2, 1}, Clients: 28, CPU: 3200 * time.Microsecond, Throughput: 600, PSS: 80 << 20})
		for i := range c.Runs {
			c.Runs[i].Private = 18 << 20
		}
		if missing >= 0 {
			c.Runs = slices.Delete(c.Runs, missing, missing+1)
		}
		return c
	}
	whole, err := Fit(without(-1))
	if err != nil || len(whole.Assumed) != 0 {
		t.Fatalf("of all runs %+v is assumed, %v", whole.Assumed, err)
	}
	const growth, lock, worker, thread = "how much more", "no interpreter lock", "further worker", "further thread"
	for name, c := range map[string]struct {
		missing int
		assumed []string
		wider   func(Deployment) bool
	}{
		"the lone client": {lone, []string{"beside its worker"}, func(d Deployment) bool { return near(d.Wait(), 20256*time.Microsecond) }}, // 1/43 s less 3 ms
		"the single worker": {one, []string{worker, thread}, func(d Deployment) bool {
			return d.Growth() > 0.05 && d.Outside > 0 && d.Spread.Worker > whole.Spread.Worker
		}},
		"all cores":     {full, []string{growth, worker, thread}, func(d Deployment) bool { return d.Error > whole.Error }},
		"threads":       {threads, []string{lock, thread, "under gthread"}, func(d Deployment) bool { return d.Spread.Outside > 0 && d.Classes["gthread"].Error > 0 }},
		"another class": {4, []string{"under gevent"}, func(d Deployment) bool { return d.Classes["gevent"].Error > 0 && d.Classes["gthread"].Error == 0 }},
	} {
		d, err := Fit(without(c.missing))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var assumed []string
		for _, a := range d.Assumed {
			if a.Why == "" || a.Taken.Low >= a.Taken.High {
				t.Errorf("%s: %+v", name, a)
			}
			assumed = append(assumed, a.What)
		}
		same := slices.EqualFunc(assumed, c.assumed, strings.Contains)
		if !same || !c.wider(d) {
			t.Errorf("%s: assumed %q, want %q; %+v", name, assumed, c.assumed, d)
		}
	}
}

// What was measured beside others is less sure, the more of it there is.
func TestDisturbedRunsWiden(t *testing.T) {
	last := 0.0
	for n := range 5 {
		c := calibration()
		for i := range n {
			c.Runs[i].Disturbed = true
		}
		d, err := Fit(c)
		if err != nil || d.Error <= last {
			t.Errorf("%d of 4 disturbed: error %g after %g, %v", n, d.Error, last, err)
		}
		last = d.Error
	}
}
