package ruleofthumb

import (
	"time"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const (
	enough = 0.95 // of the best throughput
	longer = 1.10 // of the p95, at most

	formula = "2C+1 workers over the best other number: C = %d, %g %% waiting"
	perCore = "the best from 2C to 4C over the best outside: C = %d, %g %% waiting"
	slowest = "p95 of 5 workers over that of 2: computing, 2 cores, 200/s"
)

// A finding is what a stratum says of both rules.
type finding struct {
	stratum
	byFormula, perCore stat.Interval
	held               results.Outcome // of 2C+1
}

func verdict(t results.Table) results.Verdict {
	arrived := judge.Either(t, arriving(2), arriving(5))
	mine := append(append(append(results.Table(nil), pinnedRuns(t)...), computingRuns(t)...), arrived...)
	j := judge.New(id, claim, mine)

	var findings []finding
	var outcomes []results.Outcome
	for _, s := range strata(j, t) {
		f := finding{stratum: s, byFormula: s.against(), perCore: s.ranged()}
		f.held = j.All(judge.AtLeast(f.byFormula, enough, formula, s.cores, s.percent()))
		outcomes = append(outcomes, f.held, j.All(judge.AtLeast(f.perCore, enough, perCore, s.cores, s.percent())))
		findings = append(findings, f)
		if s.do != mixtures[2].do() { // that one is the verdict's effect
			j.Also("×", f.byFormula, formula, s.cores, s.percent())
		}
		j.Also("×", f.perCore, perCore, s.cores, s.percent())
	}
	tail := j.Fit(judge.Derived(arrived, judge.P95, "workers", "twin")).Ratio(
		results.Cell{"workers": 5, "twin": false}.String(), results.Cell{"workers": 2, "twin": false}.String())
	j.Also("×", tail, slowest)
	outcomes = append(outcomes, j.All(judge.AtMost(tail, longer, slowest)))

	computed, waited, most := at(j, findings, 0), at(j, findings, 2), at(j, findings, 3)
	return j.Conclude(results.Strata(outcomes...), "one core, 80 %% waiting: X(3)/X(best other)", "×", waited,
		"On one core 3 workers (2C+1) serve %s what the best other number does where requests only compute, %s where they wait for 80 %% of their time, %s where for 95 %%. On two cores 5 workers make the p95 of computing requests %s what 2 make it.%s",
		stat.FormatInterval(computed, "×"), stat.FormatInterval(waited, "×"), stat.FormatInterval(most, "×"),
		stat.FormatInterval(tail, "×"), boundary(findings))
}

// at is what 2C+1 workers serve of a mixture on one core.
func at(j *judge.Judging, findings []finding, mixture int) stat.Interval {
	for _, f := range findings {
		if f.cores == 1 && f.do == mixtures[mixture].do() {
			return f.byFormula
		}
	}
	return j.Known(stat.Interval{}, errUntried)
}

var errUntried = text.Errorf("a share of waiting was not tried")

// boundary says up to which share of waiting 2C+1 workers were enough on one core, beside theory. It
// is empty where no share was found for them, or none against.
func boundary(findings []finding) text.Message {
	held, failed := -1.0, 101.0
	for _, f := range findings {
		switch {
		case f.cores == 1 && f.held == results.Supported:
			held = max(held, f.percent())
		case f.cores == 1 && f.held == results.Refuted:
			failed = min(failed, f.percent())
		}
	}
	if held < 0 || failed > 100 {
		return text.Message{}
	}
	return text.Of(" One core's 2C+1 stops being enough somewhere between %g %% and %g %% of waiting: the closed form says at %.0f %%, and the bound 1 − C/(2C+1) that it cannot be enough beyond %.0f %%.",
		held, failed, 100*enoughUpTo(1), 100*(1-1.0/3))
}

// enoughUpTo is the share of waiting up to which 2C+1 workers reach the claimed part of what the cores
// can do, by the closed form.
func enoughUpTo(cores int) (share float64) {
	low, high := 0.0, 1.0
	for range 30 {
		share = (low + high) / 2
		wait := time.Duration(share / (1 - share) * float64(time.Second))
		network := queueing.Closed{CPU: time.Second, Wait: wait, Cores: cores}
		if network.Utilization(2*cores+1) >= enough {
			low = share
		} else {
			high = share
		}
	}
	return share
}
