package experiments

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
	"github.com/workerlab/workerlab/results/text"
)

// open is an experiment of so many trials of one second, undecided with so many blocks to go.
func open(id string, more int, trials ...Trial) Experiment {
	return Experiment{
		ID: id, Trials: func(Profile) []Trial { return trials },
		Judge: func(results.Table) results.Verdict {
			return results.Verdict{ID: id, Outcome: results.Inconclusive, More: more, Why: text.Of("Open.")}
		},
	}
}

// decided is one that is.
func decided(id string, trials ...Trial) Experiment {
	e := open(id, 0, trials...)
	e.Judge = func(results.Table) results.Verdict { return results.Verdict{ID: id, Outcome: results.Refuted} }
	return e
}

// servers are trials that tell apart by their workers.
func servers(group string, workers ...int) (all []Trial) {
	for _, w := range workers {
		all = append(all, Trial{Server: Server{Class: "sync", Workers: w}, Window: time.Second, Group: group, Blocks: 2})
	}
	return all
}

func TestNextLook(t *testing.T) {
	one := Plan{{Trial: servers("x", 1)[0]}}.Estimate() // of a trial
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
		got, ok := nextLook(c.chosen, Quick, paired(3, 1, 0), c.left, same)
		if got.Claim != c.want || ok != (c.want != "") || ok && got.Block != 3 {
			t.Errorf("%s: %+v, %v; want %q in block 3", name, got, ok, c.want)
		}
	}
}

func same(d time.Duration) time.Duration { return d }

func TestSlowHostsHaveLessTime(t *testing.T) {
	chosen := []Experiment{open("a", 1, servers("x", 1)...)}
	twice := func(d time.Duration) time.Duration { return 2 * d }
	if _, ok := nextLook(chosen, Quick, nil, 2*chosen[0].Trials(Quick)[0].Estimate()-1, twice); ok {
		t.Error("a block was chosen that does not fit at the host's pace")
	}
}

func TestFutileBlocksAreNotRepeated(t *testing.T) {
	trial := servers("x", 1)[0]
	chosen := []Experiment{open("a", 1, trial)}
	run := func(look int, valid bool) results.Record {
		r := results.Record{Origin: results.Measured, Trial: trial.Key(), Cell: trial.Cell(), Look: look}
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
		if _, ok := nextLook(chosen, Quick, c.table, time.Hour, same); ok != c.want {
			t.Errorf("%s: another block %v, want %v", name, ok, c.want)
		}
	}
}

// A claim's need is spread over the looks it still has, so that all of it may be met and no more than a
// look's part is run before the claim is judged again.
func TestBlocksOfALook(t *testing.T) {
	trial := servers("x", 1)[0]
	for more, want := range map[int]int{1: 1, moreLooks: 1, moreLooks + 1: 2, 4*moreLooks - 1: 4} {
		got, ok := nextLook([]Experiment{open("a", more, trial)}, Quick, nil, time.Hour, same)
		if !ok || got.Blocks != want {
			t.Errorf("%d blocks needed: %d in the next look, want %d", more, got.Blocks, want)
		}
	}
}

// Every look is another chance to err, so that a claim gets so many and no more. A claim that needs more
// blocks than it has looks left gets some all the same: of few blocks the need is not well known.
func TestLooksAreBounded(t *testing.T) {
	mine, other := servers("x", 1, 2)[0], servers("x", 1, 2)[1]
	looked := func(trial Trial, looks int) (table results.Table) {
		for look := range looks + 1 {
			table = append(table, results.Record{Origin: results.Measured, Trial: trial.Key(), Cell: trial.Cell(), Repetition: look, Look: look})
		}
		return table
	}
	for name, c := range map[string]struct {
		more  int
		table results.Table
		want  bool
	}{
		"the first":                {1, looked(mine, 0), true},
		"more than there may be":   {moreLooks + 1, looked(mine, 0), true},
		"the last":                 {1, looked(mine, moreLooks-1), true},
		"after the last":           {1, looked(mine, moreLooks), false},
		"others' are none of mine": {1, append(looked(other, 9), looked(mine, 0)...), true},
	} {
		chosen := []Experiment{open("a", c.more, mine)}
		if _, ok := nextLook(chosen, Quick, c.table, time.Hour, same); ok != c.want {
			t.Errorf("%s: another block %v, want %v", name, ok, c.want)
		}
	}
}

// Blocks that other claims needed are looks at this one too, if it shares their runs: after the last it
// is left as it was. Looks that brought it nothing do not count.
func TestVerdictsAfterTheLastLook(t *testing.T) {
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
	for look := range moreLooks + 3 {
		table = append(table, results.Record{Origin: results.Measured, System: Ours, Look: look, Cell: results.Cell{"of": "often"}})
		if look == 0 || look > moreLooks {
			table = append(table, results.Record{Origin: results.Measured, System: Ours, Look: look, Cell: results.Cell{"of": "late"}})
		}
	}
	got := Verdicts([]Experiment{judge("often", moreLooks+2), judge("late", 3)}, table)
	if got[0].Outcome != results.Inconclusive || got[0].Runs != 1+moreLooks {
		t.Errorf("looked at once too often: %v on %d runs", got[0].Outcome, got[0].Runs)
	}
	if got[1].Outcome != results.Refuted || got[1].Runs != 3 {
		t.Errorf("looks at others counted: %v on %d runs", got[1].Outcome, got[1].Runs)
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
	for _, look := range []int{0, 0, 1, 2} {
		table = append(table, results.Record{Origin: results.Measured, System: Ours, Look: look})
	}
	got := Verdicts([]Experiment{judge("at once", 2), judge("at the first look", 3), judge("never", 9)}, table)
	for i, want := range []results.Verdict{
		{ID: "at once", Outcome: results.Supported, Runs: 2},
		{ID: "at the first look", Outcome: results.Supported, Runs: 3},
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

// Intervals at 95 % of 4 blocks whose bound is at twice the distance of the threshold: t/√n has to fall
// from 3.182/√4 to half of that, 0.796, which 15 blocks do at 99 %: 2.977/√15 = 0.769.
func TestNeed(t *testing.T) {
	table := make(results.Table, 4)
	for i := range table {
		table[i] = results.Record{Origin: results.Measured, Trial: "a", Repetition: i}
	}
	wide := func(estimate float64) results.Interval {
		return results.Interval{Estimate: estimate, Low: estimate - 2, High: estimate + 2, Confidence: Confidence}
	}
	for name, c := range map[string]struct {
		strata [][]Part
		asked  int
		want   int
	}{
		"no part":                          {nil, 0, 0},
		"one part":                         {[][]Part{{AtLeast(wide(6), 5, "a")}}, 0, 11},
		"the harder of two":                {[][]Part{{AtLeast(wide(6), 5, "a"), AtLeast(wide(6), 4.5, "b")}}, 0, 11},
		"a hopeless one among them":        {[][]Part{{AtLeast(wide(5), 5, "a"), AtLeast(wide(6), 5, "b")}}, 0, 0},
		"one that fails settles the rest":  {[][]Part{{AtLeast(wide(5), 5, "a"), AtLeast(wide(4), 5, "b")}}, 0, 11},
		"every stratum has to be settled":  {[][]Part{{AtLeast(wide(4), 5, "a")}, {AtLeast(wide(5), 5, "b")}}, 0, 0},
		"the judge asks for more":          {nil, 2, 2},
		"the judge asks for less":          {[][]Part{{AtLeast(wide(6), 5, "a")}}, 2, 11},
		"the judge knows better":           {[][]Part{{AtLeast(wide(5), 5, "a")}}, 2, 2},
		"a decided stratum needs no block": {[][]Part{{AtLeast(wide(9), 5, "a")}, {AtLeast(wide(6), 5, "b")}}, 0, 11},
	} {
		j := Judge("id", "claim", table)
		for _, parts := range c.strata {
			j.All(parts...)
		}
		j.Needs(c.asked)
		v := j.Conclude(results.Inconclusive, "effect", "×", wide(6), "Said.")
		if v.More != c.want {
			t.Errorf("%s: %d blocks, want %d", name, v.More, c.want)
		}
		if said := strings.Contains(v.Why.String(), "more block"); said != (c.want > 0 && len(j.open) > 0) ||
			said && !strings.Contains(v.Why.String(), fmt.Sprintf("About %d more", c.want)) {
			t.Errorf("%s: %d blocks, but %q", name, c.want, v.Why)
		}
	}
}

// Where nothing but lost runs would be made up for, a block is worth it, and nothing is foretold of it.
func TestLostRunsAreWorthABlock(t *testing.T) {
	table := results.Table{{Origin: results.Measured, Trial: "a"}, {Origin: results.Measured, Trial: "a", Repetition: 1, Invalid: []string{"host: noisy"}}}
	j := Judge("id", "claim", table)
	on := results.Interval{Estimate: 5, Low: 3, High: 7, Confidence: Confidence}
	v := j.Conclude(j.All(AtLeast(on, 5, "a")), "effect", "×", on, "Said.")
	if v.More != 1 || strings.Contains(v.Why.String(), "settle") {
		t.Errorf("%d blocks, %q", v.More, v.Why)
	}
}

// The degrees of freedom of a fit count: three cells leave two a block, and two cells one.
func TestNeedKnowsTheFit(t *testing.T) {
	needs := func(cells int) int {
		var table results.Table
		var samples []analysis.Sample
		scatter := []float64{0, 0.1, -0.1, 0.1, -0.1, 0, -0.1, 0, 0.1}
		for block := range 3 {
			table = append(table, results.Record{Origin: results.Measured, Trial: "a", Repetition: block})
			for cell := range cells {
				samples = append(samples, analysis.Sample{Block: block, Cell: string(rune('a' + cell)), Value: math.Exp(scatter[3*cell+block])})
			}
		}
		j := Judge("id", "claim", table)
		ratio := j.Fit(samples).Ratio("a", "b")
		low := math.Sqrt(ratio.Low) // about halfway down
		j.All(AtLeast(ratio, low, "a"))
		return j.need.blocks()
	}
	if two, three := needs(2), needs(3); two != 5 || three <= two {
		t.Errorf("%d more blocks of two cells and %d of three, want 5 and more", two, three)
	}
}
