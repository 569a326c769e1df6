package report

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/text"
)

func demoModels() Models {
	return Models{
		Against: results.Measured,
		Rows: []ModelRow{
			{
				Claim: "timeout-is-not-a-request-limit", Model: results.Simulated, Cells: 4, Fitted: 1,
				Throughput: Off{4, 0.021, 0.0534}, Mean: Off{4, 0.1, 0.2}, Median: Off{1, 0.031, 0.031},
			},
			{Claim: "gil-cpu", Model: results.Predicted, Cells: 2, Throughput: Off{2, 0, 12.5}},
		},
		LeftOut: []LeftOut{
			{Model: BothModels, Why: text.Of("memory"), Cells: 3, Claims: []string{"a", "b"}},
			{Model: results.Predicted, Why: text.Of("think times"), Cells: 1, Claims: []string{"c"}},
		},
	}
}

func TestModelsAreTold(t *testing.T) {
	rep := demoReport()
	rep.Models = demoModels()
	var b bytes.Buffer
	if err := rep.WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	checkTables(t, b.String())
	for _, want := range []string{
		"## How far simulation and closed form are off", "Verdicts rest on what was measured alone.",
		"| timeout-is-not-a-request-limit | simulation | 4, 1 fitted | 2.10 % (5.34 %) | 10.0 % (20.0 %) | 3.10 % | – |",
		"| gil-cpu | closed form | 2 | 0 % (1250 %) | – | – | – |",
		"| both | memory | 3 cells of a, b |", "| closed form | think times | 1 cell of c |",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	page := htmlOf(t, rep)
	for _, want := range []string{`id="models"`, "2.10 % (5.34 %)", "3 cells of a, b"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q on the page", want)
		}
	}
	korean, err := Korean()
	if err != nil {
		t.Fatal(err)
	}
	rep.Korean = korean
	page = htmlOf(t, rep)
	for _, want := range []string{"시뮬레이션과 닫힌 식은 얼마나 어긋나는가", "4, 맞춤 1", "a, b의 셀 3개", "생각 시간"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q on the page in Korean", want)
		}
	}
}

func TestModelTableFitsATerminal(t *testing.T) {
	m := demoModels()
	m.Rows[0].P99, m.Rows[0].Mean = Off{4, 0.667, 98.6}, Off{4, 15.32, 98.6}
	var b bytes.Buffer
	if err := ModelTable(&b, &m); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if !strings.Contains(b.String(), "simulation") || !strings.Contains(b.String(), "5.34 %") {
		t.Error(b.String())
	}
}

// Where nothing was measured the report says so, and what was simulated counts as no run.
func TestSimulatedRunsAreNoBasis(t *testing.T) {
	rep := Report{Records: results.Table{{Origin: results.Simulated}}, Models: Models{Against: results.Simulated, LeftOut: demoModels().LeftOut}}
	var b bytes.Buffer
	if err := rep.WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"They rest on no run at all: nothing was measured.", "the closed forms are held against the simulation"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	rep = Report{Records: results.Table{{Origin: results.Measured}, {Origin: results.Simulated}, {Origin: results.Predicted}}}
	if got := rep.basis().String(); !strings.Contains(got, "They rest on 1 runs") {
		t.Errorf("%q", got)
	}
}
