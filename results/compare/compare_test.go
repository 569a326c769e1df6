package compare

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/host"
	"github.com/workerlab/workerlab/results/regress"
	"github.com/workerlab/workerlab/results/stat"
)

// A world makes a run: cells with their true levels, every block with its luck.
type world struct {
	cells   int
	blocks  int
	between float64                 // standard deviation of log, of blocks
	within  func(cell int) float64  // of the runs in them
	change  func(cell int) float64  // factor on throughput; nil: none
	fill    func(r *results.Record) // further figures
}

func (w world) run(rng *rand.Rand, name string) Run {
	var table results.Table
	for b := range w.blocks {
		luck := rng.NormFloat64() * w.between
		for c := range w.cells {
			cell := results.Cell{"class": "sync", "workers": c/2 + 1, "twin": c%2 == 1, "do": "cpu:2ms"}
			r := results.Record{Cell: cell, Trial: cell.String(), Repetition: b, Origin: results.Measured, System: "workerlab"}
			x := 100 * math.Exp(luck+rng.NormFloat64()*w.within(c))
			if w.change != nil {
				x *= w.change(c)
			}
			r.Set("throughput", x, "requests/s")
			if w.fill != nil {
				w.fill(&r)
			}
			table = append(table, r)
		}
	}
	return Run{Name: name, Table: table, Manifest: &results.Manifest{Profile: "quick", Host: host.Host{CPU: "x"}}}
}

func even(sd float64) func(int) float64 { return func(int) float64 { return sd } }

func throughput(t *testing.T) []Metric {
	t.Helper()
	m, err := ParseMetrics([]string{"throughput"})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Identical runs: each comparison by itself is called different in 5 % or somewhat less, whether the
// cells scatter alike or not, and anything at all is declared in at most 5 % of all pairs of runs.
func TestFalsePositives(t *testing.T) {
	const pairs, cells = 80, 30
	for _, test := range []struct {
		name    string
		blocks  int
		between float64
		within  func(int) float64
	}{
		{"alike, 3 blocks", 3, 0, even(0.03)},
		{"alike, 5 blocks", 5, 0.03, even(0.03)},
		{"mixed, 3 blocks", 3, 0.02, func(c int) float64 { return []float64{0.005, 0.02, 0.02, 0.06}[c%4] }},
	} {
		rng := rand.New(rand.NewPCG(11, 11))
		w := world{cells: cells, blocks: test.blocks, between: test.between, within: test.within}
		excluded, alarms := 0, 0
		byNoise := make(map[int]int)
		for range pairs {
			c := Compare(w.run(rng, "a"), w.run(rng, "b"), throughput(t))
			if len(c.Changes) != cells {
				t.Fatalf("%d figures compared, want %d", len(c.Changes), cells)
			}
			for _, x := range c.Changes {
				if x.P < 0.05 {
					excluded++
					byNoise[cellNumber(t, x.Cell)%4]++
				}
			}
			if len(c.Of(Regression))+len(c.Of(Improvement)) > 0 {
				alarms++
			}
		}
		rate, alarm := float64(excluded)/(pairs*cells), float64(alarms)/pairs
		t.Logf("%s: %.3f of the comparisons alone, anything declared in %.3f of the pairs; by noise %v", test.name, rate, alarm, byNoise)
		// Cells of a pair share their blocks' luck, so that the rate scatters more than the binomial.
		if rate < 0.02 || rate > 0.06 {
			t.Errorf("%s: %.3f of identical cells differ, want up to about 0.05", test.name, rate)
		}
		if alarm > 0.05+3*math.Sqrt(0.05*0.95/pairs) {
			t.Errorf("%s: something was declared in %.3f of identical runs", test.name, alarm)
		}
	}
}

func cellNumber(t *testing.T, name string) int {
	t.Helper()
	var workers int
	if _, err := fmt.Sscanf(name, "Trial/class=sync/workers=%d", &workers); err != nil {
		t.Fatal(err)
	}
	n := 2 * (workers - 1)
	if strings.Contains(name, "twin=true") {
		n++
	}
	return n
}

func samples(t results.Table) (all []regress.Sample) {
	for _, r := range t {
		v, _ := r.Value("throughput")
		all = append(all, regress.Sample{Block: r.Repetition, Cell: r.Cell.String(), Value: v})
	}
	return all
}

// Why the blocks are not removed first: the cells of two sessions share no block, so that a block's
// luck is in every ratio. An interval from the residual alone would be wrong most of the time.
func TestBlocksMustBeCounted(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	w := world{cells: 10, blocks: 4, between: 0.05, within: even(0.01)}
	wrong, all := 0, 0
	for range 100 {
		a, b := w.run(rng, "a"), w.run(rng, "b")
		fitA, errA := regress.FitBlocks(samples(a.Table))
		fitB, errB := regress.FitBlocks(samples(b.Table))
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		one := a.Table[0].Cell.String()
		for _, cell := range a.Table.Cells() {
			x, errA := fitA.Mean(cell.String())
			y, errB := fitB.Mean(cell.String())
			if errA != nil || errB != nil {
				t.Fatal(errA, errB)
			}
			if cell.String() == one {
				continue // the others are compared with it
			}
			within, err := fitA.Ratio(cell.String(), one) // its deviation is the residual's, √(2/4) of it
			if err != nil {
				t.Fatal(err)
			}
			all++
			if math.Abs(y.Value-x.Value) > 2.05*within.Deviation {
				wrong++
			}
		}
	}
	if share := float64(wrong) / float64(all); share < 0.3 {
		t.Errorf("without the blocks only %.2f of identical cells differ: the package comment is wrong", share)
	}
}

// What changed is found, in the right direction, and what did not is not.
func TestChangesAreFound(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	w := world{cells: 40, blocks: 4, between: 0.01, within: even(0.015)}
	a := w.run(rng, "a")
	w.change = func(c int) float64 { // of both twins, as a change of the program would
		switch c {
		case 0, 1:
			return 0.8
		case 2, 3:
			return 1.25
		}
		return 1
	}
	b := w.run(rng, "b")
	c := Compare(a, b, throughput(t))
	regressions, improvements := c.Of(Regression), c.Of(Improvement)
	improvements = slices.DeleteFunc(improvements, func(x Change) bool { return x.Worse() > -0.1 }) // 1 in 20 may be a false alarm
	if len(regressions) != 2 || cellNumber(t, regressions[0].Cell) > 1 || len(improvements) != 2 || cellNumber(t, improvements[0].Cell)/2 != 1 {
		t.Fatalf("regressions %+v, improvements %+v", regressions, improvements)
	}
	r := regressions[0]
	if r.Ratio.Holds(1) || !r.Ratio.Holds(0.8) || r.Ratio.Confidence <= 0.95 || math.Abs(r.Worse()-0.2) > 0.05 {
		t.Errorf("%+v", r)
	}
	if len(c.Above(0.05)) != 2 || len(c.Above(0.5)) != 0 {
		t.Errorf("above 5 %%: %d, above 50 %%: %d", len(c.Above(0.05)), len(c.Above(0.5)))
	}
	if c.Changes[0].Kind != Regression || c.Changes[2].Kind != Improvement {
		t.Error("regressions do not come first")
	}
}

// A latency that falls is an improvement; of an effect below what twins differ by nothing follows.
func TestDirectionAndNoise(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	latency := func(micros float64, twins float64) func(*results.Record) {
		return func(r *results.Record) {
			h := results.NewHistogram()
			level := micros
			if on, _ := r.Cell["twin"].(bool); on {
				level *= twins
			}
			for range 100 {
				_ = h.RecordValue(int64(level * math.Exp(0.01*rng.NormFloat64())))
			}
			r.Response = h
		}
	}
	metrics, err := ParseMetrics([]string{"p50", "p99"})
	if err != nil {
		t.Fatal(err)
	}
	w := world{cells: 12, blocks: 4, within: even(0.01), fill: latency(10_000, 1)}
	a := w.run(rng, "a")
	w.fill = latency(8_000, 1)
	if c := Compare(a, w.run(rng, "b"), metrics); len(c.Of(Improvement)) != 12 || len(c.Changes) != 12 {
		t.Errorf("%d improvements of %d: p99 of 100 requests must be left out", len(c.Of(Improvement)), len(c.Changes))
	}
	w.fill = latency(12_000, 1.3) // twins that differ by 30 %: a quarter more means nothing
	c := Compare(a, w.run(rng, "b"), metrics)
	if n := len(c.Of(Regression)); n != 6 { // the twins themselves, which are 56 % slower
		t.Errorf("%d regressions, want the 6 beyond the noise", n)
	}
}

func TestStopped(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	w := world{cells: 8, blocks: 3, within: even(0.01)}
	a := w.run(rng, "a")
	w.change = func(c int) float64 {
		if c == 3 {
			return 0
		}
		return 1
	}
	b := w.run(rng, "b")
	c := Compare(a, b, throughput(t))
	if r := c.Above(0.99); len(r) != 1 || cellNumber(t, r[0].Cell) != 3 || r[0].Worse() != 1 {
		t.Errorf("a cell that answers nothing: %+v", c.Of(Regression))
	}
	if back := Compare(b, a, throughput(t)); len(back.Of(Improvement)) != 1 || len(back.Of(Regression)) != 0 {
		t.Errorf("a cell that answers again: %+v", back.Of(Improvement))
	}
	b.Table[3].Set("throughput", 5, "requests/s")
	if c := Compare(a, b, throughput(t)); len(c.Changes) != 7 || len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], "0 in 0 of 3 runs of A and 2 of 3 of B") {
		t.Errorf("%d changes, warnings %q", len(c.Changes), c.Warnings)
	}
	for _, text := range []string{printed(t, &c), marshaled(t, &c)} {
		if text == "" {
			t.Error("nothing was written")
		}
	}
}

func TestMatching(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	w := world{cells: 6, blocks: 3, within: even(0.01)}
	a, b := w.run(rng, "a"), w.run(rng, "b")
	a.Table = slices.DeleteFunc(a.Table, func(r results.Record) bool { return results.SameValue(r.Cell["workers"], 1) && r.Repetition > 0 })
	for i := range b.Table {
		if results.SameValue(b.Table[i].Cell["workers"], 2) {
			b.Table[i].Invalid = []string{"host: steal"}
		}
		b.Table[i].Cell["new_axis"] = 0 // at its default: a later version's records still match
	}
	c := Compare(a, b, throughput(t))
	if !slices.Contains(c.Warnings, "6 of 18 runs of B are invalid and left out, most of them for: host: steal") {
		t.Errorf("warnings %q", c.Warnings)
	}
	if len(c.TooFew) != 2 || len(c.OnlyA) != 2 || len(c.OnlyB) != 0 || len(c.Changes) != 2 {
		t.Errorf("too few %q, only A %q, only B %q, %d changes", c.TooFew, c.OnlyA, c.OnlyB, len(c.Changes))
	}
}

func TestDoubts(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	spin := func(seconds float64) func(*results.Record) {
		return func(r *results.Record) { r.Set("spin_before", seconds, "seconds") }
	}
	w := world{cells: 8, blocks: 3, within: even(0.005), fill: spin(0.002)}
	a := w.run(rng, "a")
	a.Manifest.CPURate, a.Manifest.Host.Kernel = 100, "6.1"
	if c := Compare(a, a, throughput(t)); len(c.Doubts) != 0 {
		t.Errorf("a run and itself: %q", c.Doubts)
	}
	w.change = func(int) float64 { return 0.9 }
	w.fill = spin(0.0025)
	b := w.run(rng, "b")
	b.Manifest.Host.CPU, b.Manifest.CPURate, b.Manifest.Profile = "y", 90, "full"
	b.Manifest.Host.Kernel = "6.2"
	c := Compare(a, b, throughput(t))
	for _, want := range []string{`processors: "x" and "y"`, `kernels: "6.1" and "6.2"`, "90 % of the work", "profiles differ", "2.00 ms in the median of A's runs and 2.50 ms", "throughput of the median cell is 0.9"} {
		if !slices.ContainsFunc(c.Doubts, func(d string) bool { return strings.Contains(d, want) }) {
			t.Errorf("no doubt says %q: %q", want, c.Doubts)
		}
	}
	for i := range b.Table {
		b.Table[i].Invalid = []string{"host: steal"}
	}
	if c := Compare(a, b, throughput(t)); !strings.Contains(c.Doubts[len(c.Doubts)-1], "24 of 24 runs of B are invalid") {
		t.Errorf("a run without a valid record: %q", c.Doubts)
	}
	b.Manifest = nil
	if c := Compare(a, b, throughput(t)); !strings.Contains(c.Doubts[0], "manifest") {
		t.Errorf("%q", c.Doubts)
	}
}

func TestVerdictChanges(t *testing.T) {
	a := []results.Verdict{{ID: "same", Outcome: results.Supported}, {ID: "gil-cpu", Outcome: results.Supported}, {ID: "gone"}}
	b := []results.Verdict{{ID: "gil-cpu"}, {ID: "same", Outcome: results.Supported}, {ID: "new", Outcome: results.Refuted}}
	want := []VerdictChange{{"gil-cpu", "supported", "inconclusive"}, {"gone", "inconclusive", ""}, {"new", "", "refuted"}}
	if got := verdictChanges(a, b); !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	if got := verdictChanges(nil, b); got != nil {
		t.Errorf("without verdicts: %+v", got)
	}
}

func printed(t *testing.T, c *Comparison) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Print(&b, Style{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func marshaled(t *testing.T, c *Comparison) string {
	t.Helper()
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Everything stays within 80 columns, colour or not, and colour never says what the words do not.
func TestPrint(t *testing.T) {
	c := Comparison{
		A: "results/a", B: "results/b",
		Doubts:   []string{strings.Repeat("the hosts differ ", 12)},
		Verdicts: []VerdictChange{{"gil-cpu", "supported", "inconclusive"}, {"new", "", "refuted"}},
		Changes: []Change{
			{Cell: "Trial/class=gthread/workers=1/threads=500/do=" + strings.Repeat("cpu:1ms,wait:20ms,", 5) + "/burst=500/gil=true/" + strings.Repeat("x", 90) + "=1", Metric: "cpu", Unit: "seconds", Kind: Regression, A: 0.00125, B: 12.5, Ratio: stat.Interval{Estimate: 1e4, Low: 9999, High: 12345, Confidence: 0.95}, fit: new(stat.Estimate)},
			{Cell: "Trial/class=sync/workers=1", Metric: "throughput", Unit: "requests/s", Kind: Regression, A: 185, higher: true},
			{Cell: "Trial/class=sync/workers=2", Metric: "throughput", Unit: "requests/s", Kind: Improvement, A: 18512, B: 27012, Ratio: stat.Interval{Estimate: 1.46, Low: 1.4, High: 1.5, Confidence: 0.95}, fit: new(stat.Estimate), higher: true},
			{Cell: "Trial/class=sync/workers=2", Metric: "pss", Unit: "bytes", Kind: Unchanged},
		},
		OnlyA: []string{"Trial/class=tornado/workers=1/do=" + strings.Repeat("wait:20ms,", 12)}, TooFew: []string{"Trial/class=sync/workers=9"},
		Warnings: []string{strings.Repeat("a warning ", 15)},
	}
	text := printed(t, &c)
	for _, want := range []string{
		"CAUTION: the hosts differ", "VERDICT gil-cpu: supported → inconclusive", "VERDICT new: not judged → refuted",
		"2 regressions", "1 improvement\n", "gthread 1×500", "nothing in B", "18512 → 27012", "4 figures compared, 1 unchanged",
		"1 cell only in A", "sync 9×1", "warning: a warning",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Index(text, "CAUTION") > strings.Index(text, "VERDICT") || strings.Index(text, "regressions") > strings.Index(text, "improvement") {
		t.Error("the order is wrong")
	}
	for line := range strings.SplitSeq(text, "\n") {
		if n := utf8.RuneCountInString(line); n > width {
			t.Errorf("%d columns: %q", n, line)
		}
	}
	var colored bytes.Buffer
	if err := c.Print(&colored, Style{Color: true}); err != nil {
		t.Fatal(err)
	}
	bare := colored.String()
	for _, code := range []string{"\x1b[33;1m", "\x1b[36m", "\x1b[31;1m", "\x1b[32;1m", "\x1b[0m"} {
		if !strings.Contains(bare, code) {
			t.Errorf("no %q", code)
		}
		bare = strings.ReplaceAll(bare, code, "")
	}
	if bare != text {
		t.Error("without its colours the text is another")
	}
	if t.Failed() {
		t.Log("\n" + text)
	}
}

func TestMarshal(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	w := world{cells: 6, blocks: 3, within: even(0.01)}
	c := Compare(w.run(rng, "a"), w.run(rng, "b"), throughput(t))
	var got struct {
		Doubts    []string `json:"doubts"`
		Unchanged int      `json:"unchanged"`
		Changes   []struct {
			Ratio, Low, High *float64
			Confidence       float64
			Kind             Kind
		} `json:"changes"`
	}
	if err := json.Unmarshal([]byte(marshaled(t, &c)), &got); err != nil {
		t.Fatal(err)
	}
	if got.Doubts == nil || got.Unchanged != 6 || len(got.Changes) != 6 || got.Changes[0].Low == nil || got.Changes[0].Confidence != 0.95 {
		t.Errorf("%+v", got)
	}
}

func TestParseMetrics(t *testing.T) {
	if all, err := ParseMetrics(nil); err != nil || len(all) != 5 {
		t.Errorf("%v, %v", all, err)
	}
	if _, err := ParseMetrics([]string{"speed"}); err == nil || !strings.Contains(err.Error(), "throughput, p50, p99, cpu, pss") {
		t.Error(err)
	}
}
