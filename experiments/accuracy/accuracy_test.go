package accuracy

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/calibrate"
	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/results/stat"
)

// off is a result whose predictions are off by a share of what was measured, with or without their intervals
// holding it.
func off(c Cell, share float64, held bool) Result {
	spread := 2*math.Abs(share) + 1e-9
	if !held {
		spread = math.Abs(share) / 2
	}
	of := func(measured float64) stat.Interval {
		v := measured * (1 + share)
		return stat.Interval{Estimate: v, Low: v - spread*measured, High: v + spread*measured}
	}
	run := capacity.Run{Throughput: 100, P50: 20 * time.Millisecond, P95: 50 * time.Millisecond, P99: 80 * time.Millisecond, PSS: 100 << 20}
	outcome := capacity.Outcome{Throughput: of(100), P50: of(0.020), P95: of(0.050), P99: of(0.080), Limit: "cores", Memory: float64(run.PSS) * (1 + share), Rate: 100}
	r := Result{Cell: c, Rate: 100, Limit: 100 * time.Millisecond, Measured: []capacity.Run{run, run}, Predicted: outcome, Each: []capacity.Outcome{outcome, outcome}}
	r.Without = make(map[capacity.Part]capacity.Outcome)
	for _, p := range capacity.Parts() {
		worse := outcome
		worse.Throughput, worse.P50, worse.P99 = stat.Interval{Estimate: 200}, stat.Interval{Estimate: 0.2}, stat.Interval{Estimate: 0.3}
		r.Without[p] = worse
	}
	if c.Class == "sync" && c.Load > 0 {
		r.Replayed = []capacity.Outcome{outcome, outcome}
	}
	return r
}

// all are the results of every cell.
func all(share float64, held bool) (results []Result) {
	for _, c := range Cells(2) {
		r := off(c, share, held)
		for i := range r.Measured { // each delays by as much
			r.Measured[i].P50 += time.Duration(c.Background) * 10 * time.Millisecond
		}
		delay := (1 + share) * float64(c.Background) * 0.010
		r.Predicted.P50.Estimate += delay
		r.Predicted.P50.Low += delay
		r.Predicted.P50.High += delay
		switch {
		case c.Edge > 1: // beyond the edge the objective is missed
			for i := range r.Measured {
				r.Measured[i].P99 *= 2
			}
			r.Predicted.P99 = stat.Interval{Estimate: 0.16, Low: 0.12, High: 0.2}
			r.Rate = 112
		case c.Edge > 0:
			r.Rate = 88
			r.Breaks.Estimate = (1 + share) * 95.7 // where a line in the logarithm from 80 to 160 ms crosses 100
		case c.Load > 0:
			r.Rate = 80 * c.Load
		}
		results = append(results, r)
	}
	return results
}

func TestTableOfGoodPredictions(t *testing.T) {
	for _, r := range Table(all(0.03, true)) {
		if met := r.What != "intervals of 90 %"; r.Met != met || r.Cells == 0 { // intervals that hold all are too wide
			t.Errorf("%+v", r)
		}
	}
}

func TestTableOfBadPredictions(t *testing.T) {
	for _, r := range Table(all(0.4, false)) {
		switch r.What {
		case "the best size by it", "called safe, and is not":
			continue // these are of what was measured
		}
		if r.Met != (r.What[:7] == "without") || r.Cells == 0 {
			t.Errorf("%+v", r)
		}
	}
	for _, r := range Table(nil) {
		if r.Met || r.Reached != "no cell" {
			t.Errorf("of nothing: %+v", r)
		}
	}
}

func row(t *testing.T, results []Result, what string) Row {
	t.Helper()
	rows := Table(results)
	i := slices.IndexFunc(rows, func(r Row) bool { return r.What == what })
	if i < 0 {
		t.Fatalf("no row %q", what)
	}
	return rows[i]
}

func TestWhatHoldsAndWhatDoesNot(t *testing.T) {
	slow := all(0.03, true)
	for i, r := range slow {
		if r.Cell.Edge > 0 && r.Cell.Class == "gevent" {
			for j := range r.Measured {
				slow[i].Measured[j].P99 = time.Second
			}
			slow[i].Breaks.Estimate = 200 // that is called the best
		}
	}
	for _, what := range []string{"load at which p99 breaks the objective", "called safe, and is not", "the best size by it"} {
		if r := row(t, slow, what); r.Met {
			t.Errorf("one size misses all objectives: %+v", r)
		}
	}
}

// A cell that differs from run to run as much as it is off is granted that.
func TestVariationIsGranted(t *testing.T) {
	results := all(0.03, true)
	worst := results[0]
	worst.Measured = []capacity.Run{{Throughput: 70}, {Throughput: 100}}
	if r := row(t, append(results, worst, worst, worst), "throughput at saturation"); !r.Met {
		t.Errorf("%+v", r)
	}
	worst.Measured = []capacity.Run{{Throughput: 80}, {Throughput: 80}}
	if r := row(t, append(results, worst, worst, worst), "throughput at saturation"); r.Met {
		t.Errorf("%+v", r)
	}
}

func TestCellsAreHeldOut(t *testing.T) {
	seen := make(map[Cell]bool)
	for _, c := range Cells(2) {
		if c.saturated() && c.Class == "sync" && c.Workers <= 2 || c.Class == "gthread" && c.Workers == 1 && c.Threads == 4 {
			t.Errorf("%v is one of the calibration's", c)
		}
		if seen[c] {
			t.Errorf("%v stands twice", c)
		}
		seen[c] = true
	}
	if n := len(seen) * len(Handlers()) * 2; n < 60 {
		t.Errorf("%d cells of two deployments, want 60 and more", n)
	}
}

// The whole row takes minutes (package exact tests it with fewer requests), and can be interrupted.
func TestExactQueuesAreInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	if _, err := Exact(ctx); err == nil || err.Error() != "enough" {
		t.Errorf("cancelled: %v", err)
	}
}

// What was measured before is neither measured again nor lost, asked for or not; its predictions are made anew.
func TestWhatIsDoneIsKept(t *testing.T) {
	of := func(deployment, handler string) Subject {
		return Subject{
			Deployment: deployment, Handler: handler, Calibration: calibration(),
			Results: []Result{{Cell: Cell{Size: capacity.Size{Class: "sync", Workers: 3, Threads: 1}, Load: 0.5}, Rate: 100, Measured: []capacity.Run{{}}, Arrivals: []uint64{7}, WarmUp: calibrate.WarmUp}},
		}
	}
	var kept []Subject
	s := Settings{
		Cores: 2, Window: 100 * time.Millisecond, Handlers: Handlers()[:1], Repetitions: 1,
		Done:     []Subject{of("b", "computes"), of("a", "computes"), of("a", "waits"), of("c", "computes")},
		Progress: func(int, int, string) { t.Error("something is measured") },
		Keep:     func(all []Subject) error { kept = all; return nil },
	}
	all, err := Run(t.Context(), []Deployment{{Name: "a"}, {Name: "b"}}, s)
	if err != nil || len(all) != 2 || all[0].Deployment != "a" || all[1].Deployment != "b" {
		t.Fatalf("%+v, %v", all, err)
	}
	if r := Results(all)[0]; r.Predicted.P50.Estimate <= 0 || len(r.Replayed) != 1 || len(r.Without) != len(capacity.Parts()) {
		t.Errorf("the predictions were not made: %+v", r)
	}
	if len(kept) != 4 {
		t.Errorf("kept %+v", kept)
	}
}

// calibration is one of requests that compute 3 ms and wait for 20.
func calibration() capacity.Calibration {
	const ms = time.Millisecond
	run := func(class string, workers, threads, clients int, throughput float64) capacity.Run {
		return capacity.Run{
			Size: capacity.Size{Class: class, Workers: workers, Threads: threads}, Clients: clients,
			Throughput: throughput, CPU: 3 * ms, Mean: 23 * ms, PSS: 30 << 20,
		}
	}
	lone, open := run("sync", 1, 1, 1, 40), run("sync", 8, 1, 0, 200)
	lone.Path, open.Rate = "/", 200
	return capacity.Calibration{
		Cores: 2, Names: []string{"/"}, Weights: []float64{1},
		Runs: []capacity.Run{lone, run("sync", 1, 1, 4, 43), run("gthread", 1, 4, 8, 170), run("sync", 8, 1, 16, 340), open},
	}
}

func TestCrossing(t *testing.T) {
	at := func(rate float64, p99 time.Duration) Result {
		return Result{Rate: rate, Limit: 100 * time.Millisecond, Measured: []capacity.Run{{P99: p99}}}
	}
	const ms = time.Millisecond
	for _, c := range []struct {
		name  string
		cells []Result
		want  float64
	}{
		{"half way", []Result{at(100, 50*ms), at(200, 200*ms)}, 150},
		{"never", []Result{at(100, 50*ms), at(200, 60*ms)}, 200},
		{"always", []Result{at(100, 150*ms), at(200, 160*ms)}, 100},
		{"a slow run below", []Result{at(100, 150*ms), at(200, 50*ms), at(300, 200*ms)}, 250},
	} {
		if got := crossing(c.cells, 0); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: %g, want %g", c.name, got, c.want)
		}
	}
}
