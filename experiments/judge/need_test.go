package judge

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/regress"
	"github.com/workerlab/workerlab/results/stat"
)

// Intervals at 95 % of 4 blocks whose bound is at twice the distance of the threshold: t/√n has to fall
// from 3.182/√4 to half of that, 0.796, which 15 blocks do at 99 %: 2.977/√15 = 0.769.
func TestNeed(t *testing.T) {
	table := make(results.Table, 4)
	for i := range table {
		table[i] = results.Record{Origin: results.Measured, Trial: "a", Repetition: i}
	}
	wide := func(estimate float64) stat.Interval {
		return stat.Interval{Estimate: estimate, Low: estimate - 2, High: estimate + 2, Confidence: Confidence}
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
		j := New("id", "claim", table)
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
	j := New("id", "claim", table)
	on := stat.Interval{Estimate: 5, Low: 3, High: 7, Confidence: Confidence}
	v := j.Conclude(j.All(AtLeast(on, 5, "a")), "effect", "×", on, "Said.")
	if v.More != 1 || strings.Contains(v.Why.String(), "settle") {
		t.Errorf("%d blocks, %q", v.More, v.Why)
	}
}

// The degrees of freedom of a fit count: three cells leave two a block, and two cells one.
func TestNeedKnowsTheFit(t *testing.T) {
	needs := func(cells int) int {
		var table results.Table
		var samples []regress.Sample
		scatter := []float64{0, 0.1, -0.1, 0.1, -0.1, 0, -0.1, 0, 0.1}
		for block := range 3 {
			table = append(table, results.Record{Origin: results.Measured, Trial: "a", Repetition: block})
			for cell := range cells {
				samples = append(samples, regress.Sample{Block: block, Cell: string(rune('a' + cell)), Value: math.Exp(scatter[3*cell+block])})
			}
		}
		j := New("id", "claim", table)
		ratio := j.Fit(samples).Ratio("a", "b")
		low := math.Sqrt(ratio.Low) // about halfway down
		j.All(AtLeast(ratio, low, "a"))
		return j.need.blocks()
	}
	if two, three := needs(2), needs(3); two != 5 || three <= two {
		t.Errorf("%d more blocks of two cells and %d of three, want 5 and more", two, three)
	}
}
