package judge

import (
	"strings"
	"testing"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/regress"
	"github.com/workerlab/workerlab/results/stat"
)

func TestVerdictNamesWhatSpeaksAgainstIt(t *testing.T) {
	narrow := stat.Interval{Estimate: 8, Low: 7.5, High: 8.5, Confidence: Confidence}
	wide := stat.Interval{Estimate: 8, Low: 5, High: 11, Confidence: Confidence}
	for name, c := range map[string]struct {
		parts   []Part
		outcome results.Outcome
		has     string
		not     string
	}{
		"all hold":       {[]Part{AtLeast(narrow, 6, "a"), AtMost(narrow, 9, "b")}, results.Supported, "", "Does not hold"},
		"one fails":      {[]Part{AtLeast(narrow, 6, "a"), AtMost(narrow, 7, "b")}, results.Refuted, "Does not hold: b.", "Open"},
		"one is open":    {[]Part{AtLeast(narrow, 6, "a"), Within(wide, 6, 12, "b")}, results.Inconclusive, "Open: b. About", "Does not hold"},
		"one is unknown": {[]Part{AtLeast(narrow, 6, "a"), AtLeast(new(Judging).unknown(), 6, "b")}, results.Inconclusive, "", "Open"},
	} {
		j := New("id", "claim", results.Table{{Cell: results.Cell{"x": 1}}})
		v := j.Conclude(j.All(c.parts...), "effect", "×", narrow, "Said.")
		if v.Outcome != c.outcome || !strings.Contains(v.Why.String(), c.has) || strings.Contains(v.Why.String(), c.not) {
			t.Errorf("%s: %v, why %q", name, v.Outcome, v.Why)
		}
	}
}

// What an undecided claim says for itself: that it was not run, that there is too little, that the host
// is to blame.
func TestUndecidedSaysWhy(t *testing.T) {
	run := func(block int, invalid ...string) results.Record {
		return results.Record{Trial: "a", Cell: results.Cell{"x": 1}, Repetition: block, Invalid: invalid}
	}
	few := stat.Interval{Estimate: 8, Low: 5, High: 11, Confidence: Confidence}
	const steal = "host: steal above 5 % of a core"
	for name, c := range map[string]struct {
		table results.Table
		lost  int
		want  string
		not   string
	}{
		"no runs":             {nil, 0, "Not run.", "data"},
		"one block":           {results.Table{run(0)}, 0, "Too little valid data: fewer than two runs have no interval. A longer --profile runs more blocks.", "host"},
		"all lost":            {results.Table{run(0, steal), run(0, steal), run(0, steal)}, 1, "Inconclusive because of the host: it spoiled 1 of the runs, and 3 of 3 tries do not count (" + steal + "). Too little valid data: ", ""},
		"a server that fails": {results.Table{run(0, "the server failed: no")}, 1, "1 of the runs had no valid try: 1 of 1 tries do not count (the server failed: no).", "because of the host"},
		"repeated, not lost":  {results.Table{run(0, steal), run(0), run(1)}, 0, "It is. Open: the part.", "lost"},
		"half of them lost":   {results.Table{run(0), run(1), run(2, steal), run(3, steal)}, 2, "Inconclusive because of the host: it spoiled 2 of the runs, and 2 of 4 tries do not count (" + steal + "). It is. Open: the part.", ""},
		"one of many lost":    {results.Table{run(0), run(1), run(2), run(3), run(4), run(5, steal)}, 1, "It is. Open: the part.", "because"},
	} {
		j := New("id", "claim", c.table)
		j.MeanOf(withValue(c.table), "y")
		v := j.Conclude(j.All(AtLeast(few, 6, "the part")), "effect", "×", few, "It is.")
		why := v.Why.String()
		if v.Lost != c.lost || !strings.HasPrefix(why, c.want) || c.not != "" && strings.Contains(why, c.not) {
			t.Errorf("%s: %d lost, %q; want %d, %q", name, v.Lost, why, c.lost, c.want)
		}
	}
}

// withValue gives every record a value y.
func withValue(t results.Table) results.Table {
	for i := range t {
		t[i].Set("y", 1+0.01*float64(i), "")
	}
	return t
}

// A control stands beside the verdict: without its twin an undecided claim is what it was.
func TestLostTwinIsNoLack(t *testing.T) {
	var samples []regress.Sample
	for block, luck := range []float64{1, 1.2, 0.9} {
		samples = append(samples, regress.Sample{Block: block, Cell: "a", Value: 2 * luck}, regress.Sample{Block: block, Cell: "b", Value: 1 / luck})
	}
	table := results.Table{{Trial: "a"}, {Trial: "a", Repetition: 1}, {Trial: "a", Repetition: 2}}
	j := New("id", "claim", table)
	fit := j.Fit(samples)
	fit.Primary("a", "b", 2)
	fit.Control("a", "twin of a")
	ratio := fit.Ratio("a", "b")
	v := j.Conclude(j.All(AtLeast(ratio, 2, "the part")), "effect", "×", ratio, "It is.")
	if v.Outcome != results.Inconclusive || v.P == 0 || !strings.HasPrefix(v.Why.String(), "It is. Open: the part.") {
		t.Errorf("%v, p = %g, %q", v.Outcome, v.P, v.Why)
	}
}

func TestChiefReasonIsStable(t *testing.T) {
	if got := chief(map[string]int{"b": 2, "a": 2, "c": 1}); got != "a" {
		t.Errorf("chief reason %q, want the first of the most frequent", got)
	}
	if got := chief(nil); got != "" {
		t.Errorf("chief reason of none %q", got)
	}
}
