package judge

import (
	"math"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// A Part is a sentence of a claim: an interval that must lie between two bounds. The verdict names
// the parts that speak against the claim, and those that are still open.
type Part struct {
	Name      text.Message // as in "does not hold: NAME"
	Interval  stat.Interval
	Low, High float64
}

// AtLeast is the part that i is at least theta.
func AtLeast(i stat.Interval, theta float64, name string, args ...any) Part {
	return Part{text.Of(name, args...), i, theta, math.Inf(1)}
}

// AtMost is the part that i is at most theta.
func AtMost(i stat.Interval, theta float64, name string, args ...any) Part {
	return Part{text.Of(name, args...), i, math.Inf(-1), theta}
}

// Within is the part that i lies between low and high.
func Within(i stat.Interval, low, high float64, name string, args ...any) Part {
	return Part{text.Of(name, args...), i, low, high}
}

// Outcome is what the interval says of the part.
func (p Part) Outcome() results.Outcome { return results.Within(p.Interval, p.Low, p.High) }

// All is the outcome of a claim, or of one of its strata, that needs every part. It notes for the
// verdict which of them fail and which are open.
func (j *Judging) All(parts ...Part) results.Outcome {
	var outcomes []results.Outcome
	for _, p := range parts {
		o := p.Outcome()
		outcomes = append(outcomes, o)
		switch {
		case o == results.Refuted:
			j.against = append(j.against, p.Name)
		case o == results.Inconclusive && p.Interval.Known():
			j.open = append(j.open, p)
		}
	}
	outcome := results.All(outcomes...)
	if outcome == results.Inconclusive {
		j.need.stratum(j, parts)
	}
	return outcome
}

// standing says what the parts noted mean for the outcome, and what would settle it: as many blocks as
// the verdict's More. Where those are only to make up for lost runs nothing is foretold.
func (j *Judging) standing(o results.Outcome, lost int) text.Message {
	var m text.Message
	if o != results.Supported && len(j.against) > 0 {
		m = m.Then(text.Of(" Does not hold: %s.", text.Join("; ", j.against...)))
	}
	if o == results.Inconclusive && len(j.open) > 0 {
		more := j.need.blocks()
		m = m.Then(text.Of(" Open: %s.", j.open[0].Name))
		if more > 0 || lost == 0 {
			m = m.Then(text.Plain(" "), settles(more))
		}
	}
	return m
}

// settles says what would settle an inconclusive verdict, so many more blocks; 0: no number is known.
func settles(more int) text.Message {
	switch more {
	case 0:
		return text.Of("No reasonable number of blocks would settle it: the estimate lies at the threshold.")
	case 1:
		return text.Of("About one more block would settle it.")
	default:
		return text.Of("About %d more blocks would settle it.", more)
	}
}
