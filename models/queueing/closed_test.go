package queueing

import (
	"math"
	"math/big"
	"testing"
	"time"
)

const ms = time.Millisecond

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Abs(want)) {
		t.Errorf("%s = %.6g, want %.6g within %.2g", what, got, want, tolerance)
	}
}

// With one core the network is Palm's machine repair model, whose server is idle with the
// probability that N lines offered I/D erlangs are all busy: 1 − U(N) = B(N, I/D).
// The loads are those of the published Erlang B tables at 1 % blocking, three digits (for instance
// ITU-D SG 2/16, Teletraffic Engineering Handbook, table of E₁,ₙ(A) = 0.01).
func TestClosedAgainstErlangTables(t *testing.T) {
	for _, row := range []struct {
		lines   int
		erlangs float64
	}{
		{1, 0.0101}, {2, 0.153}, {3, 0.455}, {4, 0.869}, {5, 1.361}, {10, 4.461}, {20, 12.03}, {50, 37.90}, {100, 84.06},
	} {
		c := Closed{CPU: 100 * ms, Wait: time.Duration(row.erlangs * float64(100*ms)), Cores: 1}
		near(t, "blocking", 1-c.Utilization(row.lines), 0.01, 0.01)
	}
}

// The values of the experiment card that was tried on gunicorn: D = 2.5 ms, I = 20 ms, one core.
func TestClosedAgainstCard(t *testing.T) {
	c := Closed{CPU: 2500 * time.Microsecond, Wait: 20 * ms, Cores: 1}
	for n, want := range map[int]float64{1: 44, 2: 88, 4: 170, 8: 306} {
		near(t, "X", c.Throughput(n), want, 0.012)
	}
}

// The same network as a birth–death chain of the jobs at the cores, solved in exact fractions: an
// independent derivation that shares nothing with the convolution.
func TestClosedAgainstBirthDeath(t *testing.T) {
	for _, c := range []Closed{
		{CPU: 1 * ms, Wait: 20 * ms, Cores: 1},
		{CPU: 7 * ms, Wait: 3 * ms, Cores: 2},
		{CPU: 2 * ms, Wait: 9 * ms, Cores: 5},
		{CPU: 5 * ms, Wait: 0, Cores: 3},
		{CPU: 0, Wait: 5 * ms, Cores: 1},
	} {
		for _, n := range []int{1, 2, 3, 8, 40} {
			if c.CPU == 0 || c.Wait == 0 {
				_, high := c.Bounds(n)
				near(t, "X without one of the stations", c.Throughput(n), high, 1e-9)
				continue
			}
			near(t, "X", c.Throughput(n), birthDeath(c, n), 1e-9)
		}
	}
}

func birthDeath(c Closed, n int) float64 {
	weight, norm, flow := big.NewRat(1, 1), new(big.Rat), new(big.Rat)
	for k := range n + 1 {
		if k > 0 { // p(k)/p(k−1) = (n−k+1)/I ÷ min(k,C)/D
			weight.Mul(weight, big.NewRat(int64(n-k+1)*int64(c.CPU), int64(min(k, c.Cores))*int64(c.Wait)))
		}
		norm.Add(norm, weight)
		flow.Add(flow, new(big.Rat).Mul(weight, big.NewRat(int64(min(k, c.Cores)), int64(c.CPU))))
	}
	perNanosecond, _ := flow.Quo(flow, norm).Float64()
	return perNanosecond * 1e9
}

// Mean value analysis (Reiser and Lavenberg, J. ACM 27(2), 1980) of the one-core network.
func TestClosedAgainstMeanValueAnalysis(t *testing.T) {
	c := Closed{CPU: 3 * ms, Wait: 17 * ms, Cores: 1}
	queue := 0.0
	for n := 1; n <= 200; n++ {
		residence := c.CPU.Seconds() * (1 + queue)
		x := float64(n) / (residence + c.Wait.Seconds())
		queue = x * residence
		near(t, "X", c.Throughput(n), x, 1e-9)
		near(t, "R", c.Residence(n).Seconds(), residence, 1e-6)
	}
}

func TestClosedKeepsBoundsAndOrder(t *testing.T) {
	for _, cores := range []int{1, 2, 8} {
		c := Closed{CPU: 4 * ms, Wait: 16 * ms, Cores: cores}
		last := 0.0
		for n := 1; n <= 5000; n = n*3/2 + 1 {
			x := c.Throughput(n)
			low, high := c.Bounds(n)
			if x < low*(1-1e-9) || x > high*(1+1e-9) {
				t.Errorf("C=%d n=%d: X = %g outside [%g, %g]", cores, n, x, low, high)
			}
			if x < last*(1-1e-9) {
				t.Errorf("C=%d n=%d: X fell from %g to %g", cores, n, last, x)
			}
			last = x
		}
		near(t, "X of very many", last, float64(cores)/0.004, 1e-6)
		near(t, "knee", c.Knee(), float64(cores)*5, 1e-12)
	}
	if x := (Closed{CPU: ms, Cores: 1}).Throughput(0); x != 0 {
		t.Errorf("X(0) = %g", x)
	}
}

// Lazowska, Zahorjan, Graham and Sevcik, Quantitative System Performance (1984), chapter 3: 64
// terminals thinking 30 s at 2 interactions/s answer in 2 s; a disk serving 40 requests/s that take
// 22.5 ms each is busy 90 % of the time.
func TestLaws(t *testing.T) {
	near(t, "Response", Response(64, 2, 30*time.Second).Seconds(), 2, 1e-9)
	near(t, "Utilization", Utilization(40, 22500*time.Microsecond), 0.9, 1e-9)
	near(t, "Little", Little(40, 100*ms), 4, 1e-9)
	near(t, "Demand", Demand(900*ms, 40).Seconds(), 0.0225, 1e-9)
	if d := Demand(time.Second, 0); d != 0 {
		t.Errorf("Demand of no jobs = %v", d)
	}
}
