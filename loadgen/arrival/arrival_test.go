package arrival

import (
	"math"
	"slices"
	"testing"
	"time"
)

func TestConstantDoesNotDrift(t *testing.T) {
	// The 3 000 000th arrival at 3/s is due after exactly 1 000 000 s; summing rounded gaps of
	// 333 333 333 ns would be 1 ms early.
	k := 0
	for at := range Constant(3) {
		if k++; k == 3_000_001 {
			if want := 1_000_000 * time.Second; at != want {
				t.Errorf("arrival 3 000 000 at %v, want %v", at, want)
			}
			break
		}
	}
}

func TestSchedules(t *testing.T) {
	ms := time.Millisecond
	for _, c := range []struct {
		name string
		s    Schedule
		want []time.Duration
	}{
		{"constant begins at 0", Until(Constant(250), 13*ms), []time.Duration{0, 4 * ms, 8 * ms, 12 * ms}},
		{"the bound is excluded", Until(Constant(250), 8*ms), []time.Duration{0, 4 * ms}},
		{"replay", Replay([]time.Duration{ms, ms, 7 * ms}), []time.Duration{ms, ms, 7 * ms}},
		{"replay bounded", Until(Replay([]time.Duration{ms, 7 * ms}), 5*ms), []time.Duration{ms}},
		{"warmed up", Warmed(Replay([]time.Duration{ms, 3 * ms, 7 * ms}), 4*ms), []time.Duration{ms, 3 * ms, 5 * ms, 7 * ms, 11 * ms}},
		{"warmed up, bounded", Until(Warmed(Constant(250), 8*ms), 16*ms), []time.Duration{0, 4 * ms, 8 * ms, 12 * ms}},
		{"warmed up, cut short", Until(Warmed(Constant(250), 8*ms), 4*ms), []time.Duration{0}},
		{"no time", Until(Constant(1), 0), nil},
		{"rate 0", Constant(0), nil},
		{"rate negative", Poisson(-1, 1), nil},
		{"rate NaN", Poisson(math.NaN(), 1), nil},
		{"rate infinite", Constant(math.Inf(1)), nil},
		{"one in 300 years", Constant(1 / (300 * 365 * 86400.0)), []time.Duration{0}},
	} {
		if got := slices.Collect(c.s); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestPoissonDependsOnSeedOnly(t *testing.T) {
	draw := func(seed uint64) []time.Duration { return slices.Collect(Until(Poisson(100, seed), time.Second)) }
	s := Until(Poisson(100, 7), time.Second)
	if first, again := slices.Collect(s), slices.Collect(s); !slices.Equal(first, again) || !slices.Equal(first, draw(7)) {
		t.Error("the same seed gave different arrivals")
	}
	if slices.Equal(draw(7), draw(8)) {
		t.Error("different seeds gave the same arrivals")
	}
}

// The Kolmogorov–Smirnov distance of n gaps from the exponential distribution exceeds 1.63/√n with
// probability 0.01 (Stephens 1974, table 1A, case 0: 1.628). The seeds are fixed, so that the test
// either always passes or never: of five seeds none may exceed it.
func TestPoissonGapsAreExponential(t *testing.T) {
	const rate, n = 400.0, 20_000
	for seed := range uint64(5) {
		gaps := gaps(Poisson(rate, seed), n)
		if d, limit := distance(gaps, rate), 1.628/math.Sqrt(n); d > limit {
			t.Errorf("seed %d: distance %.5f from the exponential, more than %.5f", seed, d, limit)
		}
	}
	if d := distance(gaps(Constant(rate), n), rate); d < 0.5 {
		t.Errorf("constant gaps are only %.2f from the exponential: the test is blind", d)
	}
}

// Independence: gaps that follow one another are uncorrelated. The coefficient of n pairs of
// independent values has a standard deviation of 1/√n; four of them are allowed.
func TestPoissonGapsAreIndependent(t *testing.T) {
	const n = 20_000
	for seed := range uint64(5) {
		g := gaps(Poisson(1, seed), n)
		var mean, cov, variance float64
		for _, v := range g {
			mean += v / n
		}
		for i := 1; i < n; i++ {
			cov += (g[i] - mean) * (g[i-1] - mean)
			variance += (g[i] - mean) * (g[i] - mean)
		}
		if r := cov / variance; math.Abs(r) > 4/math.Sqrt(n) {
			t.Errorf("seed %d: lag-1 correlation %.4f", seed, r)
		}
	}
}

func gaps(s Schedule, n int) []float64 {
	var gaps []float64
	last := time.Duration(0)
	for at := range s {
		if len(gaps) == n {
			break
		}
		gaps = append(gaps, (at - last).Seconds())
		last = at
	}
	return gaps
}

// distance is the Kolmogorov–Smirnov distance from the exponential distribution of the given rate.
func distance(gaps []float64, rate float64) float64 {
	slices.Sort(gaps)
	n, d := float64(len(gaps)), 0.0
	for i, g := range gaps {
		f := 1 - math.Exp(-rate*g)
		d = max(d, f-float64(i)/n, float64(i+1)/n-f)
	}
	return d
}
