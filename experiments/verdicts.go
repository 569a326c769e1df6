package experiments

import (
	"slices"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/results"
)

// Verdicts judges every claim by the records of a run, and pays for judging them at once (Holm's
// correction, results.Adjust).
//
// Records that were not measured are left out.
//
// Where blocks were added (results.Record.Look) the interim analyses are made one after the other, as they were
// in the session: a claim keeps the verdict of the first analysis that decided it, on the records there
// were then, and only undecided ones are judged on what came later. So a claim does not pay, by the
// wider intervals of an interim analysis, for blocks that another one needed. A claim that shares the runs of
// others is analysed whenever they get more, but after mostAnalyses of them it stays as it is.
func Verdicts(chosen []Experiment, table results.Table) []results.Verdict {
	table = table.Origin(results.Measured)
	last := 0
	for i := range table {
		last = max(last, table[i].Look)
	}
	own := make([]results.Verdict, len(chosen)) // not adjusted
	analyses := make([]int, len(chosen))        // interim ones, that valid runs of the claim were added for
	var adjusted []results.Verdict
	for analysis := range last + 1 {
		seen := slices.DeleteFunc(slices.Clone(table), func(r results.Record) bool { return r.Look > analysis })
		before := adjusted
		for i, e := range chosen {
			if analysis > 0 && (before[i].Outcome != results.Inconclusive || analyses[i] == mostAnalyses) {
				continue
			}
			v := e.Verdict(seen)
			if analysis > 0 && v.Runs-v.Invalid > own[i].Runs-own[i].Invalid {
				analyses[i]++
			}
			own[i] = v
		}
		adjusted = adjust(own)
		for i := range adjusted {
			switch {
			case analysis > 0 && before[i].Outcome != results.Inconclusive:
				adjusted[i] = before[i]
			case adjusted[i].Outcome != own[i].Outcome: // undecided by Holm's correction alone
				adjusted[i].More = max(1, own[i].More)
			}
		}
	}
	return adjusted
}

// adjust pays for judging the claims on one software at once. What other software is put to the test beside
// it changes nothing about them.
func adjust(verdicts []results.Verdict) []results.Verdict {
	adjusted := slices.Clone(verdicts)
	done := make(map[string]bool)
	for _, v := range verdicts {
		if done[v.System] {
			continue
		}
		done[v.System] = true
		var family []results.Verdict
		for _, w := range verdicts {
			if w.System == v.System {
				family = append(family, w)
			}
		}
		family = results.Adjust(family, 1-judge.Confidence)
		for i, w := range verdicts {
			if w.System == v.System {
				adjusted[i], family = family[0], family[1:]
			}
		}
	}
	return adjusted
}
