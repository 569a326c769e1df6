package stat

import (
	"cmp"
	"math"

	"gonum.org/v1/gonum/mathext"

	"github.com/workerlab/workerlab/results/text"
)

// A Pair is two independent samples of one figure, as of two sessions; all values above zero.
type Pair struct{ A, B []float64 }

// Unpaired estimates B/A of every pair, the geometric means' ratio, by Student's t on logarithms, with one
// variance for both samples, drawn up towards what the variances of all pairs have in common (after Smyth, Stat. Appl.
// Genet. Mol. Biol. 3(1), 2004, §6): the pairs must be of one figure. It fails with a *DomainError for
// a value that has no logarithm and with a *FewError for a pair without two values a side.
func Unpaired(pairs []Pair) ([]Estimate, error) {
	ratios := make([]Estimate, len(pairs))
	variances := make([]variance, len(pairs))
	for i, p := range pairs {
		if min(len(p.A), len(p.B)) < 2 {
			return nil, &FewError{What: text.Of("a sample of fewer than two runs has no scatter"), Hint: "run another block"}
		}
		a, errA := Logs(p.A)
		b, errB := Logs(p.B)
		if err := cmp.Or(errA, errB); err != nil {
			return nil, err
		}
		n := len(a) + len(b)
		variances[i] = variance{max((Squares(a)+Squares(b))/float64(n-2), LeastVariance), float64(n - 2)}
		ratios[i] = Estimate{Value: Average(b) - Average(a), Log: true, Values: n}
	}
	for i, v := range moderate(variances) {
		p := pairs[i]
		ratios[i].Deviation = math.Sqrt(v.value * (1/float64(len(p.A)) + 1/float64(len(p.B))))
		ratios[i].Freedom = v.freedom
	}
	return ratios, nil
}

// Logs are the values' logarithms; a *DomainError where one has none.
func Logs(values []float64) ([]float64, error) {
	logs := make([]float64, len(values))
	for i, v := range values {
		if !(v > 0) || !Finite(v) {
			return nil, Domain("%v has no logarithm", v)
		}
		logs[i] = math.Log(v)
	}
	return logs, nil
}

// GeometricMean is that of values above zero; NaN of nothing.
func GeometricMean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += math.Log(v)
	}
	return math.Exp(sum / float64(len(values)))
}

// A variance with its degrees of freedom.
type variance struct{ value, freedom float64 }

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
	center, scatter := Average(e), Squares(e)/float64(len(e)-1)
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
