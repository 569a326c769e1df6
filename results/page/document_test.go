package page

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
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
		Window: "A plan", What: text.Of("what"), Headline: text.Of("Deploy <b> & go."), Basis: text.Of("basis"),
		Alerts: []Alert{{Text: text.Of("mind </p>")}},
		Sections: []Section{
			{Title: text.Of("Numbers & figures"), Blocks: []Block{
				Paragraphs("a | b"),
				Table{Title: text.Of("c"), Columns: Heads("", "x|y"), Rows: []Row{Cells("<r>", "1")}},
				Figure{Chart: figure, File: "figures/demo.svg"},
			}},
			{Title: text.Of("Code"), Blocks: []Block{Code("a = \"</pre>\"\n"), Facts{NewFact("what", "<value>")}, Paragraphs("a note"), Links{Files: []string{"plan.json"}}}},
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
		"# A plan\n\n**Deploy &lt;b&gt; & go.**", "> - mind &lt;/p&gt;\n", `a \| b`, `|  | x\|y |`, "| &lt;r&gt; | 1 |",
		"![p99 &lt;against&gt; load](figures/demo.svg)", "```\na = \"</pre>\"\n```", "| what | &lt;value&gt; |",
	} {
		if !strings.Contains(b.String(), part) {
			t.Errorf("lacks %q:\n%s", part, b.String())
		}
	}
}

var (
	raw      = regexp.MustCompile(`(?s)<(script|style)[^>]*>.*?</(script|style)>`)
	element  = regexp.MustCompile(`<(/?)([a-z][a-z0-9]*)((?:\s+[a-zA-Z:-]+(?:="[^"]*")?)*)\s*(/?)>`)
	anyTag   = regexp.MustCompile(`<[^>]*>`)
	loads    = regexp.MustCompile(`(?i)(src|srcset|href|action|data|poster)="([^"]*)"`)
	imported = regexp.MustCompile(`(?i)(url\(|@import|fetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts)`)
)

// void elements have no end (HTML, "void elements").
var void = map[string]bool{"meta": true, "link": true, "input": true, "br": true, "hr": true, "img": true}

// wellFormed checks that every tag is one and that elements nest: a text that broke out of its place
// would disturb that.
func wellFormed(page string) error {
	var open []string
	for _, tag := range anyTag.FindAllString(raw.ReplaceAllString(strings.TrimPrefix(page, "<!doctype html>"), ""), -1) {
		m := element.FindStringSubmatch(tag)
		if m == nil || m[0] != tag {
			return fmt.Errorf("no tag: %q", tag)
		}
		switch name := m[2]; {
		case m[4] == "/" || void[name]:
		case m[1] == "":
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name:
			return fmt.Errorf("</%s> within %v", name, open)
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		return fmt.Errorf("never closed: %v", open)
	}
	return nil
}

func TestParagraphs(t *testing.T) {
	got := paragraphs("The claim. A < B.\n\n\tX = 1\n\tY & Z\n\nA longer sentence than any heading is. It goes on.")
	want := "<p><strong>The claim.</strong> A &lt; B.</p>\n<pre>X = 1\nY &amp; Z</pre>\n<p>A longer sentence than any heading is. It goes on.</p>\n"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What is not put into a language is said in English, and the title not twice.
func TestProseInLanguages(t *testing.T) {
	d := Document{Languages: []Language{{Code: "ko", Called: "한국어"}}, Sections: []Section{{Blocks: []Block{
		Prose{Texts: []string{"A title.\n\nSo < it is.", "제목.\n\n그렇다."}, Titled: true},
		Prose{Texts: []string{"Alone & one."}},
	}}}}
	var b bytes.Buffer
	if err := d.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<div class="en"><p>So &lt; it is.</p>`, `<div class="ko" lang="ko"><p>그렇다.</p>`, "</summary>\n<p>Alone &amp; one.</p>"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("lacks %q", want)
		}
	}
}

// What stands in the page itself loads nothing.
func TestAssetsLoadNothing(t *testing.T) {
	own := []string{"style.css", "script.js", "uplot.min.js", "uplot.min.css"}
	for _, name := range own {
		b, err := assets.ReadFile("assets/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if found := imported.Find(b); found != nil {
			t.Errorf("%s may load something: %q", name, found)
		}
	}
}

// A figure's data are those of the chart; a heat map's from the top, as drawn.
func TestTableHoldsTheFiguresOfTheChart(t *testing.T) {
	iv := func(e, l, h float64) stat.Interval {
		return stat.Interval{Estimate: e, Low: l, High: h, Confidence: 0.95}
	}
	got := newTable(&chart.Chart{Series: []chart.Series{
		{Name: "sync", X: []float64{1, 2, 4}, Y: []stat.Interval{iv(43, 41, 45), iv(88, 85, 91), iv(164, 160, 170)}, Raw: [][]float64{{43}, {88, 87}, {164}}},
		{Name: "W/(D+I)", Kind: chart.Line, X: []float64{1, 8}, Y: []stat.Interval{{Estimate: 44}, {Estimate: 350}}},
	}})
	if len(got.Rows) != 4 || len(got.Heads) != 2 || got.Rows[1].Head != "2" {
		t.Fatalf("%+v", got)
	}
	if cell := got.Rows[1].Cells[0]; cell.Value != "88.0 (85.0–91.0)" || cell.Runs != "88.0, 87.0" {
		t.Errorf("%+v", cell)
	}
	if cell := got.Rows[3].Cells[0]; cell.Value != "–" {
		t.Errorf("no measurement at 8, but %+v", cell)
	}
	got = newTable(&chart.Chart{Heat: &chart.Heat{
		X: []string{"1", "2"}, Y: []string{"0 %", "95 %"}, Unit: "share",
		Z: [][]float64{{0.25, math.NaN()}, {0.5, 1}}, Mark: [][]bool{{true, false}, {false, false}},
	}})
	if len(got.Rows) != 2 || got.Rows[0].Head != "95 %" || got.Rows[1].Cells[1].Value != "–" || got.Rows[1].Cells[0].Value != "25.0 % □" {
		t.Errorf("%+v", got)
	}
}
