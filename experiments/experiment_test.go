package experiments

import (
	"testing"

	"github.com/workerlab/workerlab/results"
)

func TestExplain(t *testing.T) {
	e := Experiment{Doc: "// Package x: one thing.\n//\n// The claim. é\n//\n//\tX = 1\n//\n// End.\npackage x\n\nimport \"fmt\"\n"}
	if got, want := e.Explain(), "One thing.\n\nThe claim. é\n\n\tX = 1\n\nEnd.\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Each system's verdict rests on its own records, and is corrected for the claims put to it alone.
func TestVerdictsOfSystemsAreApart(t *testing.T) {
	judge := func(id, system string, p float64) Experiment {
		return Experiment{ID: id, System: system, Judge: func(t results.Table) results.Verdict {
			return results.Verdict{ID: id, Outcome: results.Supported, Runs: len(t), P: p}
		}}
	}
	table := results.Table{{Origin: results.Measured, System: results.Ours}, {Origin: results.Measured, System: "other"}, {Origin: results.Measured, System: "other"}}
	alone := Verdicts([]Experiment{judge("a", "", 0.03)}, table)
	beside := Verdicts([]Experiment{judge("a", "", 0.03), judge("a", "other", 0.03), judge("b", "other", 0.04)}, table)
	if alone[0].Outcome != results.Supported || beside[0].Outcome != results.Supported || beside[0].Runs != 1 || beside[0].System != results.Ours {
		t.Errorf("ours alone %+v\nours beside another %+v", alone[0], beside[0])
	}
	if beside[1].Outcome != results.Inconclusive || beside[1].Runs != 2 || beside[1].Name() != "a@other" {
		t.Errorf("of two claims put to the other: %+v", beside[1])
	}
}
