package stat

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Binomial returns the exact (Clopper–Pearson) interval of a share of which k in n were seen: each
// bound is the share at which so many, or so few, would be seen with probability (1−confidence)/2.
// It covers at least as often as it says. It is for counts whose events are independent (a lost
// request per kill); for requests of a few runs see Share. Of n = 0 nothing is known: 0 to 1.
func Binomial(k, n int, confidence float64) (Interval, error) {
	if err := CheckConfidence(confidence); err != nil {
		return Interval{}, err
	}
	if k < 0 || n < k {
		return Interval{}, Domain("%d of %d is no share", k, n)
	}
	i := Interval{Estimate: math.NaN(), Low: 0, High: 1, Confidence: confidence, Basis: Basis{Method: Exact, Values: n}}
	if n == 0 {
		return i, nil
	}
	i.Estimate = float64(k) / float64(n)
	tail := (1 - confidence) / 2
	if k > 0 {
		i.Low = mathext.InvRegIncBeta(float64(k), float64(n-k+1), tail)
	}
	if k < n {
		i.High = mathext.InvRegIncBeta(float64(k+1), float64(n-k), 1-tail)
	}
	return i, nil
}

// A Count is how many of a run's requests something holds of.
type Count struct{ Some, All int64 }

// Share returns the share of some requests among all. The run is the unit: the interval is Student's over the
// runs' own shares. Where runs agree by chance, as when none saw any, that alone would be too narrow, so
// the interval also covers the exact binomial one of all requests together. It needs two runs with requests.
func Share(runs []Count, confidence float64) (Interval, error) {
	var shares []float64
	var sum Count
	for _, run := range runs {
		if run.All == 0 {
			continue
		}
		sum.Some, sum.All = sum.Some+run.Some, sum.All+run.All
		shares = append(shares, float64(run.Some)/float64(run.All))
	}
	i, err := Mean(shares, confidence)
	if err != nil {
		return Interval{}, err
	}
	exact, err := Binomial(int(sum.Some), int(sum.All), confidence)
	if err != nil {
		return Interval{}, err
	}
	i.Low, i.High, i.Basis.Method = max(0, min(i.Low, exact.Low)), min(1, max(i.High, exact.High)), Pooled
	return i, nil
}
