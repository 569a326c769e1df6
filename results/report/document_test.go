package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

// demoDocument has one of everything, and texts that would break out of their places.
func demoDocument() *Document {
	y := stat.Interval{Estimate: 3, Low: 2, High: 4, Confidence: 0.9}
	figure := chart.Chart{
		ID: "demo", Title: "p99 <against> load", XLabel: "load (1/s)", YLabel: "p99 (ms)",
		Series: []chart.Series{
			{Name: "predicted", X: []float64{1, 2, 3}, Y: []stat.Interval{y, y, y}},
			{Name: "sizes", X: []float64{1, 2, 3}, Y: []stat.Interval{y, y, y}, Apart: true},
			{Name: "objective: 5 ms", Kind: chart.Limit, X: []float64{1, 3}, Y: []stat.Interval{{Estimate: 5}, {Estimate: 5}}},
		},
	}
	return &Document{
		Title: "A plan", What: "what", Headline: "Deploy <b> & go.", Basis: "basis", Alerts: []string{"mind </li>"}, Files: []string{"plan.json"},
		Sections: []Section{
			{Title: "Numbers & figures", Text: []string{"a | b"}, Tables: []Grid{{Caption: "c", Heads: []string{"", "x|y"}, Rows: [][]string{{"<r>", "1"}}}}, Figures: []Figure{{Chart: figure, File: "figures/demo.svg"}}},
			{Title: "Code", Code: "a = \"</pre>\"\n", Facts: []Fact{NewFact("what", "<value>")}, Notes: []string{"a note"}},
		},
	}
}

func TestDocumentIsAPageOfItsOwn(t *testing.T) {
	var b bytes.Buffer
	if err := demoDocument().WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	if err := wellFormed(page); err != nil {
		t.Error(err)
	}
	for _, m := range loads.FindAllStringSubmatch(raw.ReplaceAllString(page, ""), -1) {
		if target := m[2]; target != "data:," && !strings.HasPrefix(target, "#") && target != "plan.json" && target != "figures/demo.svg" {
			t.Errorf("the page loads %q", target)
		}
	}
	for part, want := range map[string]bool{
		"<title>A plan · workerlab</title>": true, `id="theme-dark"`: true, `id="language-ko"`: false, "Deploy &lt;b&gt; &amp; go.": true,
		`id="numbers--figures"`: true, "objective: 5 ms": true, "dashed: theory": false, `class="ko"`: false, "a note": true,
	} {
		if strings.Contains(page, part) != want {
			t.Errorf("%q is there: %v, want %v", part, !want, want)
		}
	}
	if heads := strings.Count(page, `<th scope="col">objective`); heads != 0 {
		t.Errorf("a limit has %d columns in the figure's data", heads)
	}
}

func TestDocumentAsMarkdown(t *testing.T) {
	var b bytes.Buffer
	if err := demoDocument().WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		"# A plan\n\n**Deploy &lt;b&gt; & go.**", "> - mind &lt;/li&gt;\n", `a \| b`, `|  | x\|y |`, "| &lt;r&gt; | 1 |",
		"![p99 &lt;against&gt; load](figures/demo.svg)", "```\na = \"</pre>\"\n```", "| what | &lt;value&gt; |",
	} {
		if !strings.Contains(b.String(), part) {
			t.Errorf("lacks %q:\n%s", part, b.String())
		}
	}
}
