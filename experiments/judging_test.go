package experiments

import (
	"strings"
	"testing"

	"github.com/workerlab/workerlab/results"
)

func TestVerdictNamesWhatSpeaksAgainstIt(t *testing.T) {
	narrow := results.Interval{Estimate: 8, Low: 7.5, High: 8.5, Confidence: Confidence}
	wide := results.Interval{Estimate: 8, Low: 5, High: 11, Confidence: Confidence}
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
		j := Judge("id", "claim", results.Table{{Cell: results.Cell{"x": 1}}})
		v := j.Conclude(j.All(c.parts...), "effect", "×", narrow, "Said.")
		if v.Outcome != c.outcome || !strings.Contains(v.Why.String(), c.has) || strings.Contains(v.Why.String(), c.not) {
			t.Errorf("%s: %v, why %q", name, v.Outcome, v.Why)
		}
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

func TestEither(t *testing.T) {
	table := results.Table{{Cell: results.Cell{"a": 1}}, {Cell: results.Cell{"a": 2, "b": "x"}}, {Cell: results.Cell{"b": "y"}}}
	if got := Either(table, results.Cell{"a": 1}, results.Cell{"b": "x"}); len(got) != 2 {
		t.Errorf("%d records, want 2: each once", len(got))
	}
	if got := Either(nil, results.Cell{"a": 1}); len(got) != 0 {
		t.Error("records of nothing")
	}
}

func TestExplain(t *testing.T) {
	e := Experiment{Doc: "// Package x: one thing.\n//\n// The claim. é\n//\n//\tX = 1\n//\n// End.\npackage x\n\nimport \"fmt\"\n"}
	if got, want := e.Explain(), "One thing.\n\nThe claim. é\n\n\tX = 1\n\nEnd.\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
