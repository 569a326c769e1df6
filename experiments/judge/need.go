package judge

import (
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
)

// A need is about how many blocks would have to be added to settle a claim.
type need struct {
	strata   int  // the most that any open stratum needs
	hopeless bool // one of them needs more than any number
	primary  int  // what the primary contrast alone needs; it counts where no parts were noted
	asked    int  // what the judge itself asks for, see Needs
}

// Needs notes that the claim is left undecided for want of so many blocks, whatever the intervals say:
// where its rule asks for more runs than there are. Zero and less need nothing.
func (j *Judging) Needs(blocks int) { j.need.asked = max(j.need.asked, blocks) }

// settle is stat.MoreBlocks at the confidence of interim analyses, which added blocks have to earn; 0: no
// reasonable number would. What does not say how many blocks it rests on rests on all of them.
func (j *Judging) settle(i stat.Interval, thresholds ...float64) int {
	if i.Basis.Blocks == 0 {
		i.Basis.Blocks = j.Blocks()
	}
	more, _ := stat.MoreBlocks(i, laterConfidence, thresholds...)
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

// blocks is the number; 0: none reasonable is known.
func (n *need) blocks() int {
	switch {
	case n.asked > 0:
		return max(n.asked, n.strata)
	case n.hopeless:
		return 0
	case n.strata > 0:
		return n.strata
	}
	return n.primary
}
