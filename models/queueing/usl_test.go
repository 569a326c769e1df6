package queueing

import (
	"math"
	"testing"
)

func TestUSL(t *testing.T) {
	// Without coherency it is Amdahl's law, n/(1 + σ(n−1)) times one processor's.
	amdahl := USL{Lambda: 20, Sigma: 0.05}
	near(t, "X(1)", amdahl.Throughput(1), 20, 1e-12)
	near(t, "Amdahl's X(64)", amdahl.Throughput(64), 20*64/(1+0.05*63), 1e-12)
	if !math.IsInf(amdahl.Peak(), 1) {
		t.Errorf("without coherency the peak is %g", amdahl.Peak())
	}
	if x := (USL{Lambda: 3}).Throughput(7); x != 21 {
		t.Errorf("linear scaling gives %g", x)
	}
	if x := amdahl.Throughput(0); x != 0 {
		t.Errorf("X(0) = %g", x)
	}
}

// The peak is where the derivative is zero: neighbours on either side are lower.
func TestUSLPeak(t *testing.T) {
	for _, u := range []USL{
		{1000, 0.02, 0.0001},
		{50, 0, 0.01},
		{50, 0.3, 0.0004},
		{50, 0.9, 0.2},
		{50, 1.2, 0.1},
	} {
		n := u.Peak()
		x := u.Throughput(n)
		if u.Throughput(n*1.01) >= x || n > 1 && u.Throughput(n*0.99) >= x {
			t.Errorf("%+v: X(%g) = %g is no peak", u, n, x)
		}
	}
	near(t, "N*", USL{1, 0.02, 0.0001}.Peak(), math.Sqrt(0.98/0.0001), 1e-12)
}
