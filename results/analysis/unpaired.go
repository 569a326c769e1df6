package analysis

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/text"
)

// A Pair is two independent samples of one figure, as of two sessions; all values above zero.
type Pair struct{ A, B []float64 }

// An Unpaired is the logarithm of the ratio B/A of a pair with its uncertainty.
type Unpaired struct {
	A, B     float64 // geometric means
	sd       float64 // of log(B/A)
	freedom  float64
	estimate float64
}

// FitUnpaired compares the two samples of every pair by Student's t on logarithms, with one variance
// for both samples, drawn up towards what the variances of all pairs have in common (after Smyth, Stat. Appl.
// Genet. Mol. Biol. 3(1), 2004, §6): the pairs must be of one figure. It fails with a *DomainError for
// a value that has no logarithm and with a *FewError for a pair without two values a side.
func FitUnpaired(pairs []Pair) ([]Unpaired, error) {
	fits := make([]Unpaired, len(pairs))
	variances := make([]variance, len(pairs))
	for i, p := range pairs {
		if min(len(p.A), len(p.B)) < 2 {
			return nil, &FewError{What: text.Of("a sample of fewer than two runs has no scatter"), Hint: "run another block"}
		}
		a, squaresA, errA := logSquares(p.A)
		b, squaresB, errB := logSquares(p.B)
		if err := cmp.Or(errA, errB); err != nil {
			return nil, err
		}
		freedom := float64(len(p.A) + len(p.B) - 2)
		variances[i] = variance{max((squaresA+squaresB)/freedom, leastVariance), freedom}
		fits[i] = Unpaired{A: math.Exp(a), B: math.Exp(b), estimate: b - a}
	}
	for i, v := range moderate(variances) {
		p := pairs[i]
		fits[i].sd = math.Sqrt(v.value * (1/float64(len(p.A)) + 1/float64(len(p.B))))
		fits[i].freedom = v.freedom
	}
	return fits, nil
}

// Ratio returns B/A with its interval.
func (u Unpaired) Ratio(confidence float64) (results.Interval, error) {
	if err := checkConfidence(confidence); err != nil {
		return results.Interval{}, err
	}
	return logInterval(u.estimate, u.sd, u.freedom, confidence), nil
}

// Test returns the two-sided p-value of B/A being 1.
func (u Unpaired) Test() float64 { return tTest(u.estimate, u.sd, u.freedom) }

// BenjaminiHochberg adjusts p-values of several tests so that among those rejected at most α, a share
// of α is expected to be rejected wrongly: in ascending order p'(i) = min over j ≥ i of m·p(j)/j
// (Benjamini & Hochberg, J. R. Stat. Soc. B 57, 1995). The result is in the order of p.
func BenjaminiHochberg(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	adjusted := make([]float64, len(p))
	lowest := 1.0
	for rank, i := range slices.Backward(order) {
		lowest = min(lowest, float64(len(p))*p[i]/float64(rank+1))
		adjusted[i] = lowest
	}
	return adjusted
}

func logSquares(values []float64) (center, squares float64, err error) {
	logs := make([]float64, len(values))
	for i, v := range values {
		if !(v > 0) || !finite(v) {
			return 0, 0, domain("%v has no logarithm", v)
		}
		logs[i] = math.Log(v)
	}
	m := mean(logs)
	for _, l := range logs {
		squares += (l - m) * (l - m)
	}
	return m, squares, nil
}

// A variance with its degrees of freedom.
type variance struct{ value, freedom float64 }

// manyFreedom stands for a variance that is known.
const manyFreedom = 1e6

// moderate draws variances up towards the common one by as much as their own scatter allows: were all
// truly equal, they would scatter as χ²/d does, and what they scatter beyond that is real. A pair whose
// runs agree by luck is not believed; one whose runs scatter keeps its scatter and its few degrees of
// freedom. Fewer than five have no scatter to speak of and stay as they are.
//
// Note: Smyth draws variances down as well. Of identical cells with unequal noise that called 14 % of
// the noisiest quarter different.
func moderate(own []variance) []variance {
	const enough = 5
	if len(own) < enough {
		return own
	}
	prior := commonVariance(own)
	moderated := make([]variance, len(own))
	for i, v := range own {
		freedom := prior.freedom + v.freedom
		drawn := variance{(prior.freedom*prior.value + v.freedom*v.value) / freedom, min(freedom, manyFreedom)}
		if drawn.value < v.value {
			drawn = v
		}
		moderated[i] = drawn
	}
	return moderated
}

// commonVariance matches the mean and the variance of log s² with those of an F distribution.
func commonVariance(own []variance) variance {
	e := make([]float64, len(own))
	expected := 0.0
	for i, v := range own {
		e[i] = math.Log(v.value) - mathext.Digamma(v.freedom/2) + math.Log(v.freedom/2)
		expected += trigamma(v.freedom/2) / float64(len(own))
	}
	center, scatter := mean(e), 0.0
	for _, x := range e {
		scatter += (x - center) * (x - center) / float64(len(e)-1)
	}
	if scatter <= expected {
		return variance{math.Exp(center), manyFreedom}
	}
	half := inverseTrigamma(scatter - expected)
	return variance{math.Exp(center + mathext.Digamma(half) - math.Log(half)), min(2*half, manyFreedom)}
}

// trigamma is ψ′(x) = ζ(2, x).
func trigamma(x float64) float64 { return mathext.Zeta(2, x) }

// inverseTrigamma solves ψ′(x) = y, which falls from ∞ to 0.
func inverseTrigamma(y float64) float64 {
	low, high := 1e-6, manyFreedom
	for range 200 {
		middle := math.Sqrt(low * high)
		if trigamma(middle) > y {
			low = middle
		} else {
			high = middle
		}
	}
	return math.Sqrt(low * high)
}
