package experiments

import (
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
)

// A need is about how many blocks would have to be added to settle a claim.
type need struct {
	strata   int  // the most that any open stratum needs
	hopeless bool // one of them needs more than any number
	primary  int  // what the primary contrast alone needs; it counts where no parts were noted
}

// widening is by how much an interval grows when its confidence goes from that of a first look to
// that of later ones (normal quantiles 2.576 and 1.960): added blocks have to earn that too.
const widening = 2.576 / 1.960

// settle is analysis.MoreBlocks at the confidence of later looks; 0: no number would.
func (j *Judging) settle(i results.Interval, thresholds ...float64) int {
	if j.Confidence == Confidence {
		i.Low = i.Estimate - widening*(i.Estimate-i.Low)
		i.High = i.Estimate + widening*(i.High-i.Estimate)
	}
	more, _ := analysis.MoreBlocks(i, j.Blocks(), thresholds...)
	return more
}

// stratum adds a stratum that needs every part: one that turns out to fail settles it, else all have
// to be settled. Parts that could not be computed say nothing.
func (n *need) stratum(j *Judging, parts []Part) {
	all, fails, hopeless := 0, 0, false
	for _, p := range parts {
		if p.Outcome() != results.Inconclusive || !p.Interval.Known() {
			continue
		}
		more := j.settle(p.Interval, p.Low, p.High)
		all, hopeless = max(all, more), hopeless || more == 0
		outside := p.Interval.Estimate < p.Low || p.Interval.Estimate > p.High
		if outside && more > 0 && (fails == 0 || more < fails) {
			fails = more
		}
	}
	switch {
	case fails > 0:
		n.strata = max(n.strata, fails)
	case hopeless:
		n.hopeless = true
	default:
		n.strata = max(n.strata, all)
	}
}

// blocks is the number, when so many runs were lost; those are worth another block in any case.
func (n *need) blocks(lost int) int {
	more := n.strata
	switch {
	case n.hopeless:
		more = 0
	case more == 0:
		more = n.primary
	}
	if more == 0 && lost > 0 {
		return 1
	}
	return more
}
