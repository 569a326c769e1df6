package rig

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

// A fakeHost carries batches out in no time but the bubble's.
type fakeHost struct {
	slow    float64                             // how many times its estimate a batch takes; 0: once
	tainted func(s trial.Step, try int) bool    // nil: none is
	fails   func(s trial.Step) bool             // nil: none does
	value   func(s trial.Step) float64          // throughput; nil: 100
	tried   map[run]int                         //
	batches []string                            // the keys of each, as they came
	before  func(context.Context, []trial.Step) // nil: nothing
	records []results.Record                    // handed over
	added   []results.Added                     //
	seen    []Progress                          //
}

func (h *fakeHost) batch(ctx context.Context, steps []trial.Step, seed uint64, _ bool) ([]results.Record, error) {
	if h.before != nil {
		h.before(ctx, steps)
	}
	var names []string
	var records []results.Record
	var failed error
	for _, s := range steps {
		names = append(names, short(s))
		h.tried[runOf(s)]++
		r := results.Record{Cell: s.Trial.Cell(), Seed: seed, Origin: results.Measured, System: "workerlab", Started: time.Now(), Duration: s.Trial.Window}
		x := 100.0
		if h.value != nil {
			x = h.value(s)
		}
		r.Set("throughput", x, "requests/s")
		if h.tainted != nil && h.tainted(s, h.tried[runOf(s)]) {
			r.Invalid = []string{"host: steal above 5 % of a core"}
		}
		if h.fails != nil && h.fails(s) {
			failed = errors.New("no such class")
			r.Invalid = []string{"the server failed: " + failed.Error()}
		}
		records = append(records, r)
	}
	h.batches = append(h.batches, strings.Join(names, "+"))
	return records, errors.Join(failed, sleepFor(ctx, time.Duration(float64(trial.Plan(steps).Estimate())*max(h.slow, 1))))
}

// sleepFor waits in the bubble's time.
func sleepFor(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// short names a step: its group, its workers and its block.
func short(s trial.Step) string {
	return fmt.Sprintf("%s%d.%d", s.Trial.Group, s.Trial.Server.Workers, s.Block)
}

// carry runs the Runner on the host in virtual time and returns how long it took.
func (h *fakeHost) carry(t *testing.T, r Runner) (took time.Duration, err error) {
	t.Helper()
	h.tried = make(map[run]int)
	synctest.Test(t, func(t *testing.T) {
		r.Record = func(record results.Record) error { h.records = append(h.records, record); return nil }
		r.Extend = func(a results.Added) error { h.added = append(h.added, a); return nil }
		r.Progress = func(p Progress) { h.seen = append(h.seen, p) }
		began := time.Now()
		err = r.run(t.Context(), h.batch)
		took = time.Since(began)
	})
	return took, err
}

// versus is an experiment with the claim that its second server is at least 1.5 times as fast as its
// first, in a group of its own.
func versus(id string, blocks int) experiments.Experiment {
	var trials []trial.Trial
	for w := 1; w <= 2; w++ {
		trials = append(trials, trial.Trial{
			Server: spec.Server{Class: "sync", Workers: w}, Load: spec.Load{Do: "cpu:" + id, Clients: 8}, Window: time.Second, Group: id, Blocks: blocks,
		})
	}
	return experiments.Experiment{
		ID: id, Trials: func(trial.Profile) []trial.Trial { return trials },
		Judge: func(t results.Table) results.Verdict {
			mine := t.Where("do", "cpu:"+id)
			j := judge.New(id, "a claim", mine)
			fit := j.Fit(judge.Samples(mine, "throughput", "workers"))
			ratio := fit.Ratio("workers=2", "workers=1")
			return j.Conclude(j.All(judge.AtLeast(ratio, 1.5, "faster")), "ratio", "×", ratio, "It is.")
		},
	}
}

// worth is a throughput in proportion to the workers to some power, with a seeded scatter.
func worth(power, noise float64) func(trial.Step) float64 {
	random := rand.New(rand.NewPCG(8, 9))
	return func(s trial.Step) float64 {
		return 100 * math.Pow(float64(s.Trial.Server.Workers), power) * math.Exp(noise*random.NormFloat64())
	}
}

func TestRunFollowsThePlan(t *testing.T) {
	chosen := []experiments.Experiment{versus("a", 3), versus("b", 2)}
	plan := experiments.NewPlan(chosen, trial.Quick, 7)
	h := fakeHost{value: worth(1, 0.01)}
	if _, err := h.carry(t, Runner{Plan: plan, Seed: 7, Run: "id"}); err != nil {
		t.Fatal(err)
	}
	if len(h.records) != len(plan) || len(h.seen) != len(plan) {
		t.Fatalf("%d records, %d told, of %d steps", len(h.records), len(h.seen), len(plan))
	}
	for i, r := range h.records {
		s := plan[i]
		if r.Trial != s.Key || r.Repetition != s.Block || r.Order != i || r.Try != 1 || r.Run != "id" || r.Seed != 7 || r.Look != 0 || r.Experiment != s.Users[0] {
			t.Errorf("record %d is %+v, want that of %s", i, r, short(s))
		}
	}
	if first, last := h.seen[0], h.seen[len(plan)-1]; first.Left != plan.Estimate() || last.Done != len(plan)-1 || last.Total != len(plan) {
		t.Errorf("progress from %+v to %+v", first, last)
	}
}

func TestTaintedRunsComeAgainBesideTheirGroup(t *testing.T) {
	plan := trial.Plan{
		{Key: "a", Trial: trial.Trial{Group: "x", Server: spec.Server{Workers: 1}}},
		{Key: "b", Trial: trial.Trial{Group: "x", Server: spec.Server{Workers: 2}}},
		{Key: "c", Trial: trial.Trial{Group: "y", Server: spec.Server{Workers: 3}}},
		{Key: "a", Trial: trial.Trial{Group: "x", Server: spec.Server{Workers: 1}}, Block: 1},
	}
	for name, c := range map[string]struct {
		key    string
		until  int // the try that is clean
		budget time.Duration
		want   []string
	}{
		"none":            {"", 0, 0, []string{"x1.0", "x2.0", "y3.0", "x1.1"}},
		"once":            {"a", 2, 0, []string{"x1.0", "x2.0", "x1.0", "y3.0", "x1.1"}},
		"always":          {"a", 9, 0, []string{"x1.0", "x2.0", "x1.0", "x1.0", "y3.0", "x1.1"}},
		"no time to":      {"a", 9, plan.Estimate() + time.Millisecond, []string{"x1.0", "x2.0", "y3.0", "x1.1"}},
		"time for one":    {"a", 9, plan.Estimate() + plan[0].Trial.Estimate() + time.Millisecond, []string{"x1.0", "x2.0", "x1.0", "y3.0", "x1.1"}},
		"last of a group": {"c", 3, 0, []string{"x1.0", "x2.0", "y3.0", "y3.0", "y3.0", "x1.1"}},
	} {
		h := fakeHost{tainted: func(s trial.Step, try int) bool { return s.Key == c.key && s.Block == 0 && try < c.until }}
		_, err := h.carry(t, Runner{Plan: plan, Budget: c.budget})
		if err != nil || !slices.Equal(h.batches, c.want) {
			t.Errorf("%s: ran %v (%v), want %v", name, h.batches, err, c.want)
		}
	}
}

// hangs are trials that run at the same time.
func hangs(n int) (plan trial.Plan) {
	for block := range 2 {
		for w := 1; w <= n; w++ {
			t := trial.Trial{Server: spec.Server{Workers: w}, Window: 10 * time.Second, Group: "h", Together: true}
			plan = append(plan, trial.Step{Key: fmt.Sprint(w), Trial: t, Block: block})
		}
	}
	return plan
}

func TestTogetherIsOneBatch(t *testing.T) {
	plan := hangs(3)
	h := fakeHost{tainted: func(s trial.Step, try int) bool { return s.Block == 0 && try == 1 && s.Key != "1" }}
	took, err := h.carry(t, Runner{Plan: plan})
	if want := []string{"h1.0+h2.0+h3.0", "h2.0+h3.0", "h1.1+h2.1+h3.1"}; err != nil || !slices.Equal(h.batches, want) {
		t.Errorf("ran %v (%v), want %v", h.batches, err, want)
	}
	if took > 3*(11*time.Second) {
		t.Errorf("took %v: not at the same time", took)
	}
}

func TestFuse(t *testing.T) {
	plan := experiments.NewPlan([]experiments.Experiment{versus("a", 10)}, trial.Quick, 1)
	budget := plan.Estimate() * 3 / 4
	for name, h := range map[string]*fakeHost{
		"a plan that is too long": {},
		"a slow host":             {slow: 1.9},
		"and a noisy one":         {slow: 1.9, tainted: func(trial.Step, int) bool { return true }},
	} {
		took, err := h.carry(t, Runner{Plan: plan, Budget: budget})
		var fuse *FuseError
		if !errors.As(err, &fuse) || fuse.Left == 0 || fuse.Left >= len(plan) {
			t.Errorf("%s: %v, want a fuse with some runs left", name, err)
			continue
		}
		if took > budget+4*time.Second { // the pace is known only after the first five seconds
			t.Errorf("%s: took %v of %v", name, took, budget)
		}
		if len(h.records) == 0 || len(h.records)+fuse.Left < len(plan) {
			t.Errorf("%s: %d records and %d left make no plan of %d", name, len(h.records), fuse.Left, len(plan))
		}
	}
}

func TestInterruptionKeepsRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		h := fakeHost{tried: make(map[run]int)}
		h.before = func(context.Context, []trial.Step) {
			if len(h.batches) == 3 {
				time.AfterFunc(time.Second/2, cancel)
			}
		}
		r := Runner{Plan: experiments.NewPlan([]experiments.Experiment{versus("a", 4)}, trial.Quick, 1)}
		r.Record = func(record results.Record) error { h.records = append(h.records, record); return nil }
		if err := r.run(ctx, h.batch); !errors.Is(err, context.Canceled) {
			t.Errorf("ended with %v", err)
		}
		if len(h.records) != 3 {
			t.Errorf("%d records, want the three whole runs", len(h.records))
		}
	})
}

func TestRecordsThatCannotBeKeptEndTheRun(t *testing.T) {
	full := errors.New("disk full")
	synctest.Test(t, func(t *testing.T) {
		h := fakeHost{tried: make(map[run]int)}
		r := Runner{Plan: hangs(2), Record: func(results.Record) error { return full }}
		if err := r.run(t.Context(), h.batch); !errors.Is(err, full) || len(h.batches) != 1 {
			t.Errorf("ended with %v after %d batches", err, len(h.batches))
		}
	})
}

func TestFailingServers(t *testing.T) {
	plan := experiments.NewPlan([]experiments.Experiment{versus("a", 2), versus("b", 2)}, trial.Quick, 3)
	h := fakeHost{fails: func(s trial.Step) bool { return s.Key == plan[0].Key }}
	if _, err := h.carry(t, Runner{Plan: plan}); err != nil {
		t.Errorf("one trial that never works: %v", err)
	}
	if n, want := len(h.records), len(plan)+2*(Tries-1); n != want {
		t.Errorf("one trial that never works: %d records, want %d: it was tried three times in both blocks", n, want)
	}
	h = fakeHost{fails: func(trial.Step) bool { return true }}
	_, err := h.carry(t, Runner{Plan: plan})
	if err == nil || !strings.Contains(err.Error(), "no such class") || len(h.records) != len(h.batches) {
		t.Errorf("nothing works: %v after %d records", err, len(h.records))
	}
}

// What a batch fails to tell is never taken for a measurement.
func TestNoRunWithoutRecord(t *testing.T) {
	for name, records := range map[string][]results.Record{"none": nil, "one": {{}}, "both": {{}, {}}} {
		fails := func(context.Context, []trial.Step, uint64, bool) ([]results.Record, error) {
			return slices.Clone(records), errors.New("cannot pin")
		}
		got, err := Runner{}.attempt(t.Context(), fails, hangs(2)[:2], false)
		if err == nil || len(got) != 2 || got[1].Valid() || (name == "both" && got[0].Valid()) {
			t.Errorf("%s: %v, %+v", name, err, got)
		}
	}
}

func TestResumeGoesOn(t *testing.T) {
	chosen := []experiments.Experiment{versus("a", 3), versus("b", 2)}
	plan := experiments.NewPlan(chosen, trial.Quick, 7)
	dirty := runOf(plan[1])
	tainted := func(s trial.Step, _ int) bool { return runOf(s) == dirty }
	whole := fakeHost{tainted: tainted}
	if _, err := whole.carry(t, Runner{Plan: plan, Seed: 7}); err != nil {
		t.Fatal(err)
	}
	for cut := range whole.records {
		rest := fakeHost{tainted: tainted}
		if _, err := rest.carry(t, Runner{Plan: plan, Seed: 7, Earlier: whole.records[:cut]}); err != nil {
			t.Fatal(err)
		}
		both := slices.Concat(whole.records[:cut], rest.records)
		if len(both) != len(whole.records) {
			t.Fatalf("interrupted after %d: %d records, want %d", cut, len(both), len(whole.records))
		}
		tries := 0
		for i, r := range both {
			if r.Order != i {
				t.Errorf("interrupted after %d: record %d has order %d", cut, i, r.Order)
			}
			if (run{r.Trial, r.Repetition}) == dirty {
				if tries++; r.Try != tries {
					t.Errorf("interrupted after %d: try %d is told as %d", cut, tries, r.Try)
				}
			}
		}
		if tries != Tries {
			t.Errorf("interrupted after %d: %d tries of the tainted run", cut, tries)
		}
	}
	again := fakeHost{}
	if _, err := again.carry(t, Runner{Plan: plan, Earlier: whole.records}); err != nil || len(again.records) != 0 {
		t.Errorf("a whole run resumed: %d records, %v", len(again.records), err)
	}
}

func TestAddedBlocksSettleClaims(t *testing.T) {
	chosen := []experiments.Experiment{versus("clear", 3), versus("vague", 3)}
	scatter := worth(1.3, 0.18) // a factor of 2.5 against 1.5: not to be told from three blocks
	steady := worth(1, 0.01)
	value := func(s trial.Step) float64 {
		if s.Trial.Group == "vague" {
			return scatter(s)
		}
		return steady(s)
	}
	h := fakeHost{value: value}
	r := Runner{Plan: experiments.NewPlan(chosen, trial.Quick, 5), Seed: 5, Budget: time.Hour, Interim: experiments.Interim{Chosen: chosen, Profile: trial.Quick, Seed: 5}}
	_, err := h.carry(t, r)
	if err != nil {
		t.Fatal(err)
	}
	verdicts := experiments.Verdicts(chosen, h.records)
	if len(h.added) == 0 || verdicts[0].Outcome != results.Supported || verdicts[1].Outcome != results.Supported {
		t.Fatalf("%d blocks added; %v (%s), %v (%s)", len(h.added), verdicts[0].Outcome, verdicts[0].Why, verdicts[1].Outcome, verdicts[1].Why)
	}
	next := 3
	for i, a := range h.added {
		if want := (results.Added{Look: i + 1, Block: next, Blocks: a.Blocks, Claim: "vague"}); a != want {
			t.Errorf("added %+v, want %+v", a, want)
		}
		for range a.Blocks {
			if n := slices.IndexFunc(h.records, func(r results.Record) bool { return r.Repetition == next }); n < 0 || h.records[n].Look != a.Look {
				t.Errorf("look %d has no records of block %d", a.Look, next)
			}
			next++
		}
	}
	lastLook := slices.IndexFunc(h.records, func(r results.Record) bool { return r.Look == len(h.added) })
	if experiments.Verdicts(chosen, h.records[:lastLook])[1].Outcome != results.Inconclusive {
		t.Error("a block was added for a claim that was decided")
	}
	if clearly, vaguely := verdicts[0].Effect.Confidence, verdicts[1].Effect.Confidence; clearly != judge.Confidence || vaguely != 0.99 {
		t.Errorf("confidence %g of the claim decided at once, %g of the other", clearly, vaguely)
	}

	// Interrupted inside an added block, it is completed, in the order it would have had.
	cut := len(r.Plan) + 1
	rest := fakeHost{value: value}
	r.Earlier, r.Added = h.records[:cut], h.added[:1]
	if _, err := rest.carry(t, r); err != nil {
		t.Fatal(err)
	}
	if got, want := rest.records[0], h.records[cut]; got.Trial != want.Trial || got.Look != want.Look || got.Repetition != want.Repetition || got.Order != want.Order {
		t.Errorf("resumed with %+v, want %+v", got, want)
	}
}

func TestHostThatTaintsEverything(t *testing.T) {
	chosen := []experiments.Experiment{versus("a", 3)}
	h := fakeHost{tainted: func(trial.Step, int) bool { return true }}
	took, err := h.carry(t, Runner{Plan: experiments.NewPlan(chosen, trial.Quick, 5), Budget: 5 * time.Minute, Interim: experiments.Interim{Chosen: chosen, Profile: trial.Quick, Seed: 0}})
	if err != nil || len(h.added) != 1 || took > 2*time.Minute {
		t.Errorf("ended with %v after %v, %d blocks added; want one, which shows that more are futile", err, took, len(h.added))
	}
	v := experiments.Verdicts(chosen, h.records)[0]
	if v.Outcome != results.Inconclusive || v.Lost != 8 || v.Invalid != 24 ||
		!strings.HasPrefix(v.Why.String(), "Inconclusive because of the host: it spoiled 8 of the runs, and 24 of 24 tries do not count (host: steal") {
		t.Errorf("%v, %d lost of %d: %s", v.Outcome, v.Lost, v.Runs, v.Why)
	}
}
