package analysis

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/text"
)

// Binomial returns the exact (Clopper–Pearson) interval of a share of which k in n were seen: each
// bound is the share at which so many, or so few, would be seen with probability (1−confidence)/2.
// It covers at least as often as it says. It is for counts whose events are independent (a lost
// request per kill); for requests of a few runs see Share. Of n = 0 nothing is known: 0 to 1.
func Binomial(k, n int, confidence float64) (results.Interval, error) {
	if err := checkConfidence(confidence); err != nil {
		return results.Interval{}, err
	}
	if k < 0 || n < k {
		return results.Interval{}, domain("%d of %d is no share", k, n)
	}
	i := results.Interval{Estimate: math.NaN(), Low: 0, High: 1, Confidence: confidence}
	if n == 0 {
		return i, nil
	}
	i.Estimate = float64(k) / float64(n)
	tail := (1 - confidence) / 2
	if k > 0 {
		i.Low = distuv.Beta{Alpha: float64(k), Beta: float64(n - k + 1)}.Quantile(tail)
	}
	if k < n {
		i.High = distuv.Beta{Alpha: float64(k + 1), Beta: float64(n - k)}.Quantile(1 - tail)
	}
	return i, nil
}

// Share returns the share of requests slower than limit (in the histograms' unit, microseconds).
// The run is the unit: the interval is Student's over the runs' own shares. Where runs agree by
// chance, as when none saw any, that alone would be too narrow, so the interval also covers the
// exact binomial one of all requests together. It needs two runs with requests.
func Share(runs []*results.Histogram, limit int64, confidence float64) (results.Interval, error) {
	var shares []float64
	var above, all int64
	for _, run := range runs {
		if run.Count() == 0 {
			continue
		}
		k := run.Above(limit)
		above, all = above+k, all+run.Count()
		shares = append(shares, float64(k)/float64(run.Count()))
	}
	byRun, err := Mean(shares, confidence)
	if err != nil {
		return results.Interval{}, err
	}
	exact, err := Binomial(int(above), int(all), confidence)
	if err != nil {
		return results.Interval{}, err
	}
	return results.Interval{
		Estimate: byRun.Estimate, Confidence: confidence,
		Low: max(0, min(byRun.Low, exact.Low)), High: min(1, max(byRun.High, exact.High)),
	}, nil
}

// Mean returns the arithmetic mean with Student's interval x̄ ± t·s/√n, in the values' unit. It is
// for figures that may be zero, one value a run; others are better compared as ratios by FitBlocks.
// s has a floor, see leastVariance; where figures come in coarser steps, see MeanOn.
func Mean(values []float64, confidence float64) (results.Interval, error) {
	return MeanOn(values, 0, confidence)
}

// MeanOn is Mean of figures that were read to the nearest multiple of the resolution, in their unit.
// Rounding alone scatters by resolution/√12, so that s is not taken to be less; and where it errs in
// all runs alike more runs do not help, so that the interval is ± resolution/2 at least: figures that
// agree because they were rounded prove nothing below that.
func MeanOn(values []float64, resolution, confidence float64) (results.Interval, error) {
	if err := checkConfidence(confidence); err != nil {
		return results.Interval{}, err
	}
	if !(resolution >= 0) || !finite(resolution) {
		return results.Interval{}, domain("a resolution of %v", resolution)
	}
	n := float64(len(values))
	if n < 2 {
		return results.Interval{}, &FewError{What: text.Of("fewer than two runs have no interval"), Hint: "run another block"}
	}
	m, squares := mean(values), 0.0
	for _, v := range values {
		if !finite(v) {
			return results.Interval{}, domain("a value is %v", v)
		}
		squares += (v - m) * (v - m)
	}
	variance := max(squares/(n-1), leastVariance*meanSquareOf(values), resolution*resolution/12)
	half := max(studentQuantile(n-1, confidence)*math.Sqrt(variance/n), resolution/2)
	return results.Interval{Estimate: m, Low: m - half, High: m + half, Confidence: confidence}, nil
}

// Slope returns the slope of the straight line y = a + b·x fitted by least squares, in y's unit per
// x's, with Student's interval b̂ ± t·s/√Σ(x−x̄)², n−2 degrees of freedom. Points of one block share
// its luck, so the runs should come from randomised blocks. s has a floor, see leastVariance.
func Slope(x, y []float64, confidence float64) (results.Interval, error) {
	if err := checkConfidence(confidence); err != nil {
		return results.Interval{}, err
	}
	if len(x) != len(y) {
		return results.Interval{}, domain("%d x for %d y", len(x), len(y))
	}
	if len(x) < 3 {
		return results.Interval{}, &FewError{What: text.Of("a slope with an interval needs three runs"), Hint: "run another block"}
	}
	xm, ym := mean(x), mean(y)
	var xx, xy float64
	for i := range x {
		if !finite(x[i]) || !finite(y[i]) {
			return results.Interval{}, domain("point %d is (%v, %v)", i, x[i], y[i])
		}
		xx += (x[i] - xm) * (x[i] - xm)
		xy += (x[i] - xm) * (y[i] - ym)
	}
	if xx == 0 {
		return results.Interval{}, domain("all x are %v: there is no slope", x[0])
	}
	slope := xy / xx
	var squares float64
	for i := range x {
		rest := y[i] - ym - slope*(x[i]-xm)
		squares += rest * rest
	}
	freedom := float64(len(x) - 2)
	half := studentQuantile(freedom, confidence) * math.Sqrt(max(squares/freedom, leastVariance*meanSquareOf(y))/xx)
	return results.Interval{Estimate: slope, Low: slope - half, High: slope + half, Confidence: confidence}, nil
}
