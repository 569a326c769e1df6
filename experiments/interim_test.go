package experiments

import (
	"reflect"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/text"
)

// open is an experiment of so many trials of one second, undecided with so many blocks to go.
func open(id string, more int, trials ...trial.Trial) Experiment {
	return Experiment{
		ID: id, Trials: func(trial.Profile) []trial.Trial { return trials },
		Judge: func(results.Table) results.Verdict {
			return results.Verdict{ID: id, Outcome: results.Inconclusive, More: more, Why: text.Of("Open.")}
		},
	}
}

// decided is one that is.
func decided(id string, trials ...trial.Trial) Experiment {
	e := open(id, 0, trials...)
	e.Judge = func(results.Table) results.Verdict { return results.Verdict{ID: id, Outcome: results.Refuted} }
	return e
}

// servers are trials that tell apart by their workers.
func servers(group string, workers ...int) (all []trial.Trial) {
	for _, w := range workers {
		all = append(all, trial.Trial{Server: spec.Server{Class: "sync", Workers: w}, Window: time.Second, Group: group, Blocks: 2})
	}
	return all
}

func TestNextBlocks(t *testing.T) {
	three := results.Table{{Repetition: 0}, {Repetition: 1}, {Repetition: 2}}
	one := trial.Plan{{Trial: servers("x", 1)[0]}}.Estimate() // of a trial
	for name, c := range map[string]struct {
		chosen []Experiment
		left   time.Duration
		want   string
	}{
		"nothing is open":            {[]Experiment{decided("a", servers("x", 1)...)}, time.Hour, ""},
		"nothing can be settled":     {[]Experiment{open("a", 0, servers("x", 1)...)}, time.Hour, ""},
		"no time":                    {[]Experiment{open("a", 1, servers("x", 1)...)}, one - 1, ""},
		"just enough time":           {[]Experiment{open("a", 1, servers("x", 1)...)}, one, "a"},
		"more blocks than time":      {[]Experiment{open("a", 3, servers("x", 1)...)}, 3*one - 1, ""},
		"the cheaper":                {[]Experiment{open("a", 1, servers("x", 1, 2, 3)...), open("b", 1, servers("x", 4, 5)...)}, time.Hour, "b"},
		"the nearer":                 {[]Experiment{open("a", 4, servers("x", 1)...), open("b", 1, servers("x", 4, 5)...)}, time.Hour, "b"},
		"the one that fits":          {[]Experiment{open("a", 4, servers("x", 1)...), open("b", 1, servers("x", 4, 5, 6, 7, 8)...)}, 5 * one, "a"},
		"one that settles three":     {[]Experiment{open("a", 1, servers("x", 1, 2, 3)...), open("b", 1, servers("x", 1, 2)...), open("c", 1, servers("x", 2, 3)...)}, time.Hour, "a"},
		"a decided one helps nobody": {[]Experiment{open("a", 1, servers("x", 1, 2, 3)...), decided("b", servers("x", 1, 2)...), open("c", 1, servers("y", 5, 6)...)}, time.Hour, "c"},
	} {
		got, ok := nextBlocks(c.chosen, trial.Quick, three, c.left, same)
		if got.Claim != c.want || ok != (c.want != "") || ok && got.Block != 3 {
			t.Errorf("%s: %+v, %v; want %q in block 3", name, got, ok, c.want)
		}
	}
}

func same(d time.Duration) time.Duration { return d }

func TestSlowHostsHaveLessTime(t *testing.T) {
	chosen := []Experiment{open("a", 1, servers("x", 1)...)}
	twice := func(d time.Duration) time.Duration { return 2 * d }
	if _, ok := nextBlocks(chosen, trial.Quick, nil, 2*chosen[0].Trials(trial.Quick)[0].Estimate()-1, twice); ok {
		t.Error("a block was chosen that does not fit at the host's pace")
	}
}

func TestFutileBlocksAreNotRepeated(t *testing.T) {
	one := servers("x", 1)[0]
	chosen := []Experiment{open("a", 1, one)}
	run := func(analysis int, valid bool) results.Record {
		r := results.Record{Origin: results.Measured, Trial: one.Key(), Cell: one.Cell(), Look: analysis}
		if !valid {
			r.Invalid = []string{"host: noisy"}
		}
		return r
	}
	for name, c := range map[string]struct {
		table results.Table
		want  bool
	}{
		"planned runs may be lost":        {results.Table{run(0, false)}, true},
		"the added block gave one":        {results.Table{run(0, false), run(1, false), run(1, true)}, true},
		"the added block gave none":       {results.Table{run(0, true), run(1, false), run(1, false)}, false},
		"the last of two gave none":       {results.Table{run(1, true), run(2, false)}, false},
		"it recovered in the last of two": {results.Table{run(1, false), run(2, true)}, true},
	} {
		if _, ok := nextBlocks(chosen, trial.Quick, c.table, time.Hour, same); ok != c.want {
			t.Errorf("%s: another block %v, want %v", name, ok, c.want)
		}
	}
}

// A claim's need is spread over the interim analyses it still has, so that all of it may be met and no more than
// one's part is run before the claim is judged again.
func TestBlocksOfAnInterimAnalysis(t *testing.T) {
	one := servers("x", 1)[0]
	for more, want := range map[int]int{1: 1, mostAnalyses: 1, mostAnalyses + 1: 2, 4*mostAnalyses - 1: 4} {
		got, ok := nextBlocks([]Experiment{open("a", more, one)}, trial.Quick, nil, time.Hour, same)
		if !ok || got.Blocks != want {
			t.Errorf("%d blocks needed: %d before the next analysis, want %d", more, got.Blocks, want)
		}
	}
}

// Every analysis is another chance to err, so that a claim gets so many and no more. A claim that needs more
// blocks than it has analyses left gets some all the same: of few blocks the need is not well known.
func TestInterimAnalysesAreBounded(t *testing.T) {
	mine, other := servers("x", 1, 2)[0], servers("x", 1, 2)[1]
	analysed := func(one trial.Trial, analyses int) (table results.Table) {
		for number := range analyses + 1 {
			table = append(table, results.Record{Origin: results.Measured, Trial: one.Key(), Cell: one.Cell(), Repetition: number, Look: number})
		}
		return table
	}
	for name, c := range map[string]struct {
		more  int
		table results.Table
		want  bool
	}{
		"the first":                {1, analysed(mine, 0), true},
		"more than there may be":   {mostAnalyses + 1, analysed(mine, 0), true},
		"the last":                 {1, analysed(mine, mostAnalyses-1), true},
		"after the last":           {1, analysed(mine, mostAnalyses), false},
		"others' are none of mine": {1, append(analysed(other, 9), analysed(mine, 0)...), true},
	} {
		chosen := []Experiment{open("a", c.more, mine)}
		if _, ok := nextBlocks(chosen, trial.Quick, c.table, time.Hour, same); ok != c.want {
			t.Errorf("%s: another block %v, want %v", name, ok, c.want)
		}
	}
}

// Blocks that other claims needed are analyses of this one too, if it shares their runs: after the last it
// is left as it was. Analyses that brought it nothing do not count.
func TestVerdictsAfterTheLastInterimAnalysis(t *testing.T) {
	judge := func(id string, decides int) Experiment {
		return Experiment{ID: id, Judge: func(table results.Table) results.Verdict {
			own := table.Match(results.Cell{"of": id})
			v := results.Verdict{ID: id, Runs: len(own)}
			if len(own) >= decides {
				v.Outcome = results.Refuted
			}
			return v
		}}
	}
	var table results.Table
	for analysis := range mostAnalyses + 3 {
		table = append(table, results.Record{Origin: results.Measured, System: results.Ours, Look: analysis, Cell: results.Cell{"of": "often"}})
		if analysis == 0 || analysis > mostAnalyses {
			table = append(table, results.Record{Origin: results.Measured, System: results.Ours, Look: analysis, Cell: results.Cell{"of": "late"}})
		}
	}
	got := Verdicts([]Experiment{judge("often", mostAnalyses+2), judge("late", 3)}, table)
	if got[0].Outcome != results.Inconclusive || got[0].Runs != 1+mostAnalyses {
		t.Errorf("analysed once too often: %v on %d runs", got[0].Outcome, got[0].Runs)
	}
	if got[1].Outcome != results.Refuted || got[1].Runs != 3 {
		t.Errorf("analyses of others counted: %v on %d runs", got[1].Outcome, got[1].Runs)
	}
}

// A claim that was decided is not reopened by blocks that another one needed; an undecided one is
// judged on all there is.
func TestVerdictsStandOnceDecided(t *testing.T) {
	judge := func(id string, decides int) Experiment {
		return Experiment{ID: id, Judge: func(table results.Table) results.Verdict {
			v := results.Verdict{ID: id, Runs: len(table)}
			if len(table) >= decides && len(table) < 4 {
				v.Outcome = results.Supported
			}
			return v
		}}
	}
	var table results.Table
	for _, analysis := range []int{0, 0, 1, 2} {
		table = append(table, results.Record{Origin: results.Measured, System: results.Ours, Look: analysis})
	}
	got := Verdicts([]Experiment{judge("at once", 2), judge("at the first interim analysis", 3), judge("never", 9)}, table)
	for i, want := range []results.Verdict{
		{ID: "at once", Outcome: results.Supported, Runs: 2},
		{ID: "at the first interim analysis", Outcome: results.Supported, Runs: 3},
		{ID: "never", Runs: 4},
	} {
		if got[i].ID != want.ID || got[i].Outcome != want.Outcome || got[i].Runs != want.Runs {
			t.Errorf("%s: %v on %d runs, want %v on %d", got[i].ID, got[i].Outcome, got[i].Runs, want.Outcome, want.Runs)
		}
	}
}

// Holm's correction may leave a claim undecided that would be decided on its own: more blocks help.
func TestVerdictsUndecidedByHolmMayBeSettled(t *testing.T) {
	judge := func(id string, p float64) Experiment {
		return Experiment{ID: id, Judge: func(results.Table) results.Verdict {
			return results.Verdict{ID: id, Outcome: results.Supported, P: p}
		}}
	}
	got := Verdicts([]Experiment{judge("sure", 0.001), judge("less so", 0.04), judge("nor this", 0.045)}, nil)
	if got[0].More != 0 || got[1].Outcome != results.Inconclusive || got[1].More != 1 {
		t.Errorf("%+v", got)
	}
}

func TestExtraIsRandomAndRepeatable(t *testing.T) {
	chosen := []Experiment{{ID: "e", Trials: trialsOf(1, 2, 3, 4, 5, 6, 7, 8)}, {ID: "other", Trials: trialsOf(9)}}
	first := Extra(chosen, trial.Quick, 42, results.Added{Look: 1, Block: 3, Blocks: 1, Claim: "e"})
	if len(first) != 8 || first[0].Block != 3 || first[0].Look != 1 {
		t.Fatalf("%d steps, the first %+v", len(first), first[0])
	}
	if !reflect.DeepEqual(keys(first), keys(Extra(chosen, trial.Quick, 42, results.Added{Look: 1, Block: 3, Blocks: 1, Claim: "e"}))) {
		t.Error("the same seed and analysis give another order")
	}
	next := Extra(chosen, trial.Quick, 42, results.Added{Look: 2, Block: 4, Blocks: 1, Claim: "e"})
	if reflect.DeepEqual(keys(first), keys(next)) || reflect.DeepEqual(keys(first), keys(Extra(chosen, trial.Quick, 43, results.Added{Look: 1, Blocks: 1, Claim: "e"}))) {
		t.Error("another seed or analysis gives the same order")
	}
	both := Extra(chosen, trial.Quick, 42, results.Added{Look: 1, Block: 3, Blocks: 2, Claim: "e"})
	if len(both) != 16 || both[8].Block != 4 || both[8].Look != 1 || reflect.DeepEqual(keys(both[:8]), keys(both[8:])) {
		t.Errorf("%d steps of two blocks, the ninth %+v", len(both), both[8])
	}
}

func keys(p trial.Plan) (keys []string) {
	for _, s := range p {
		keys = append(keys, s.Key)
	}
	return keys
}
