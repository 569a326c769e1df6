package capacity

import (
	"math"

	"github.com/workerlab/workerlab/results/stat"
)

// A point is one probe's account against one objective.
type point struct{ rate, slow, all float64 }

const (
	near       = 1.15 // probes within this factor of the edge count: further away the line need not hold
	confidence = 0.95
	fewPoints  = 6
)

// crossing is where the fitted share of slow requests meets the largest that the first of the objectives to break
// allows, in requests/s, from the probes around the edge found.
func (h *hunt) crossing() (stat.Interval, bool) {
	first, found := stat.Interval{Estimate: math.Inf(1)}, false
	for i, l := range h.SLO.Latencies {
		if c, ok := h.crossingOf(func(p Probe) float64 { return float64(p.Slow[i]) }, 1-l.Quantile); ok && c.Estimate < first.Estimate {
			first, found = c, true
		}
	}
	if h.SLO.LimitErrors && h.SLO.Errors > 0 {
		if c, ok := h.crossingOf(func(p Probe) float64 { return float64(p.Failed) }, h.SLO.Errors); ok && c.Estimate < first.Estimate {
			first, found = c, true
		}
	}
	return first, found
}

func (h *hunt) crossingOf(slow func(Probe) float64, allowed float64) (stat.Interval, bool) {
	var points []point
	for _, p := range h.result.Probes {
		if p.Outcome == GeneratorBound {
			continue // its slow requests are not the server's
		}
		points = append(points, point{p.Rate, slow(p), float64(p.Planned)})
	}
	return cross(points, h.result.Found, allowed)
}

// cross fits logit(share of slow requests) = a + b·log(rate) to the probes around the rate found and
// returns where it meets the share allowed. Requests of one probe share its luck: in a queue slow ones
// come in clusters, so the variance is taken from the scatter of the probes (quasi-binomial
// regression, McCullagh & Nelder, Generalized Linear Models, §4.5), and the interval is Fieller's with
// Student's t. It is false where the probes do not show that the share rises.
func cross(points []point, around, allowed float64) (stat.Interval, bool) {
	var used []point
	for _, p := range points {
		if p.all > 0 && p.rate >= around/near && p.rate <= around*near {
			used = append(used, point{math.Log(p.rate / around), p.slow, p.all})
		}
	}
	l, ok := fitLine(used)
	if len(used) < fewPoints || !ok {
		return stat.Interval{}, false
	}
	// Fieller: all x with (a + b·x − target)² ≤ t²·Var(a + b·x).
	target := math.Log(allowed / (1 - allowed))
	freedom := float64(len(used) - 2)
	t := stat.StudentQuantile(freedom, confidence)
	q, d := t*t, l.a-target
	a, b, c := l.b*l.b-q*l.vbb, d*l.b-q*l.vab, d*d-q*l.vaa
	root := b*b - a*c
	if !(a > 0) || !(l.b > 0) || !(root >= 0) {
		return stat.Interval{}, false
	}
	rate := func(x float64) float64 { return around * math.Exp(x) }
	return stat.Interval{
		Estimate: rate(-d / l.b), Low: rate((-b - math.Sqrt(root)) / a), High: rate((-b + math.Sqrt(root)) / a), Confidence: confidence,
		Basis: stat.Basis{Method: stat.Student, Values: len(used), Freedom: freedom},
	}, true
}

// A line is a fitted logistic regression with the covariance of its coefficients.
type line struct{ a, b, vaa, vab, vbb float64 }

// fitLine runs Fisher's scoring. It is false where the shares have no finite line: all 0, all 1, or a
// jump from one to the other.
func fitLine(points []point) (line, bool) {
	const iterations, settled, steepest = 100, 1e-9, 1e4
	var slow, all float64
	for _, p := range points {
		slow, all = slow+p.slow, all+p.all
	}
	if len(points) < 3 || slow <= 0 || slow >= all {
		return line{}, false
	}
	l := line{a: math.Log(slow / (all - slow))}
	for range iterations {
		step, ok := l.step(points)
		if !ok || math.Abs(l.b) > steepest {
			return line{}, false
		}
		// Steps of more than a few units overshoot far from the solution.
		scale := min(1, 4/max(math.Abs(step.a), math.Abs(step.b)/10))
		l = line{l.a + scale*step.a, l.b + scale*step.b, step.vaa, step.vab, step.vbb}
		if math.Abs(step.a)+math.Abs(step.b) < settled {
			return l.scattered(points), true
		}
	}
	return line{}, false
}

// step is the next change of the coefficients, with their covariance at dispersion 1.
func (l line) step(points []point) (line, bool) {
	var ga, gb, haa, hab, hbb float64
	for _, p := range points {
		m := l.share(p.rate)
		w, e := p.all*m*(1-m), p.slow-p.all*m
		ga, gb = ga+e, gb+e*p.rate
		haa, hab, hbb = haa+w, hab+w*p.rate, hbb+w*p.rate*p.rate
	}
	det := haa*hbb - hab*hab
	if !(det > 0) || math.IsInf(det, 0) {
		return line{}, false
	}
	vaa, vab, vbb := hbb/det, -hab/det, haa/det
	return line{vaa*ga + vab*gb, vab*ga + vbb*gb, vaa, vab, vbb}, true
}

func (l line) share(x float64) float64 { return 1 / (1 + math.Exp(-l.a-l.b*x)) }

// scattered multiplies the covariance by the dispersion, Pearson's, never below the binomial's own.
func (l line) scattered(points []point) line {
	sum := 0.0
	for _, p := range points {
		m := l.share(p.rate)
		e := p.slow - p.all*m
		sum += e * e / max(p.all*m*(1-m), 1e-12)
	}
	d := max(1, sum/float64(len(points)-2))
	l.vaa, l.vab, l.vbb = l.vaa*d, l.vab*d, l.vbb*d
	return l
}
