package queueing

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// Crommelin's series for M/D/c, which shares nothing with the zeros: every c-th job goes to the same server, so that
// its wait is that of E_c/D/1, by Spitzer's identity Σ 1/n E[(nD − gaps of nc jobs)⁺] (Trans. AMS 82(2), 1956).
func TestEvenServicesAgainstCrommelin(t *testing.T) {
	for _, servers := range []int{1, 2, 3, 4, 8, 16, 50} {
		for _, rho := range []float64{0.1, 0.5, 0.8, 0.95} {
			g := General{Rate: rho * float64(servers), Service: time.Second, Servers: servers}
			near(t, "W(M/D/c)", 1+g.Wait(), 1+crommelin(servers, rho), 1e-9)
		}
	}
}

func crommelin(servers int, rho float64) (wait float64) {
	for n := 1; ; n++ {
		m, mean := n*servers, float64(n*servers)*rho
		step := poissonTail(m, mean) - poissonTail(m+1, mean)/rho
		if wait += step; step < 1e-14 {
			return wait
		}
	}
}

// poissonTail is P(N ≥ m).
func poissonTail(m int, mean float64) (sum float64) {
	factorial, _ := math.Lgamma(float64(m + 1))
	p := math.Exp(float64(m)*math.Log(mean) - mean - factorial)
	for ; p > 1e-18*sum; m++ {
		sum += p
		p *= mean / float64(m+1)
	}
	return sum
}

// M/G/1 at 70 %: 10 ms of exponential service wait 23.3 ms, even ones half of that, CV 3 five times as long.
func TestOneServerIsPollaczekKhinchin(t *testing.T) {
	for cv, want := range map[float64]float64{1: 0.07 / 3, 0: 0.035 / 3, 3: 0.35 / 3} {
		g := General{Rate: 70, Service: 10 * ms, CV: cv, Servers: 1}
		near(t, "wait", g.Wait(), want, 1e-12)
		near(t, "response", g.Response(), want+0.010, 1e-12)
		g.Rate = 100
		if !math.IsInf(g.Wait(), 1) {
			t.Error("a queue at 100 % settles")
		}
	}
}

// The ends of the interpolation, and what lies between and beyond them keeps their order.
func TestGeneralLiesBetween(t *testing.T) {
	for _, servers := range []int{2, 7, 64, 1000} {
		for _, rho := range []float64{0.01, 0.5, 0.99} {
			g := General{Rate: rho * float64(servers), Service: time.Second, Servers: servers}
			open := Open{Rate: g.Rate, Service: time.Second, Servers: servers}
			g.CV = 1
			near(t, "M/M/c", g.Response(), open.Response(), 1e-12)
			last := 0.0
			for _, cv := range []float64{0, 0.5, 1, 2, 3, 10} {
				g.CV = cv
				if w := g.Wait(); !(w >= last) || math.IsInf(w, 1) {
					t.Errorf("c = %d, ρ = %g: with CV %g a wait of %g, after %g", servers, rho, cv, w, last)
				} else {
					last = w
				}
			}
		}
	}
}

// The first of c exponential services ends after one of c times the rate; the first of c that are under way and all of
// the same length S after S/(c+1); of two fixed lengths the residuals by hand.
func TestSoonest(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	exponential, even := make([]float64, 200_000), make([]float64, 10)
	for i := range exponential {
		exponential[i] = random.ExpFloat64()
	}
	for i := range even {
		even[i] = 3
	}
	for _, c := range []int{1, 2, 4, 16} {
		near(t, "exponential", SoonestOf(exponential, c), 1/float64(c), 0.02)
		near(t, "even", SoonestOf(even, c), 3/float64(c+1), 1e-12)
	}
	// Half take 1, half 3: (1−x/2) until 1, then (3−x)/4. Of two ∫ = 7/12 + 2³/(3·16).
	near(t, "two lengths", SoonestOf([]float64{1, 3, 3, 1}, 2), 7.0/12+1.0/6, 1e-12)
	if g := SoonestOf([]float64{0, 0}, 2); g != 0 {
		t.Errorf("no time takes %g", g)
	}
}

// M/M/c whatever the form: with CV a little above 1 and an exponential law's γ the second one meets Erlang C too.
func TestTheFormsMeet(t *testing.T) {
	for _, servers := range []int{2, 8} {
		g := General{Rate: 0.8 * float64(servers), Service: time.Second, CV: 1 + 1e-9, Servers: servers, Soonest: 1 / float64(servers)}
		near(t, "at CV 1", g.Response(), Open{g.Rate, time.Second, servers}.Response(), 1e-8)
	}
}

// D/M/1 at 70 and 90 %: σ = exp(−(1−σ)/ρ) has the roots 0.46700 and 0.80690.
func TestPaced(t *testing.T) {
	near(t, "D/M/1 at 70 %", Paced(70, 10*ms), 0.010/(1-0.46700), 1e-4)
	near(t, "D/M/1 at 90 %", Paced(90, 10*ms), 0.010/(1-0.80690), 1e-4)
	near(t, "D/M/1 at next to none", Paced(0.001, 10*ms), 0.010, 1e-9)
	if !math.IsInf(Paced(100, 10*ms), 1) {
		t.Error("a queue at 100 % settles")
	}
}

func TestAllenCunneen(t *testing.T) {
	one := Open{Rate: 70, Service: 10 * ms, Servers: 1}
	near(t, "M/D/1", AllenCunneen(one, 1, 0), General{Rate: 70, Service: 10 * ms, Servers: 1}.Wait(), 1e-9)
	four := Open{Rate: 320, Service: 10 * ms, Servers: 4}
	near(t, "M/M/4", AllenCunneen(four, 1, 1), four.Response()-0.010, 1e-9)
	near(t, "D/D/4", AllenCunneen(four, 0, 0), 0, 1e-12)
}
