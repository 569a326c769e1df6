package experiments

import (
	"slices"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
)

// Verdicts judges every claim by the records of a run, and pays for judging them at once (Holm's
// correction, analysis.Adjust).
//
// Where blocks were added (results.Record.Look) the looks are taken one after the other, as they were
// in the session: a claim keeps the verdict of the first look that decided it, on the records there
// were then, and only undecided ones are judged on what came later. So a claim does not pay, by the
// wider intervals of a later look, for blocks that another one needed.
func Verdicts(chosen []Experiment, table results.Table) []results.Verdict {
	last := 0
	for i := range table {
		last = max(last, table[i].Look)
	}
	own := make([]results.Verdict, len(chosen)) // not adjusted
	var adjusted []results.Verdict
	for look := range last + 1 {
		seen := slices.DeleteFunc(slices.Clone(table), func(r results.Record) bool { return r.Look > look })
		before := adjusted
		for i, e := range chosen {
			if look == 0 || before[i].Outcome == results.Inconclusive {
				own[i] = e.Judge(seen)
			}
		}
		adjusted = analysis.Adjust(own, 1-Confidence)
		for i := range adjusted {
			switch {
			case look > 0 && before[i].Outcome != results.Inconclusive:
				adjusted[i] = before[i]
			case adjusted[i].Outcome != own[i].Outcome: // undecided by Holm's correction alone
				adjusted[i].More = max(1, own[i].More)
			}
		}
	}
	return adjusted
}
