package study

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/workerlab/workerlab/internal/soak"
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/models/scenario"
	"github.com/workerlab/workerlab/models/sim"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results/stat"
)

// Whatever is predicted, the simulation says the same: within its interval where the prediction is exact, and else
// beyond that by no more than the prediction says that it may be off.
func TestPredictionsHoldForAnyScenario(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 9))
	predicted := 0
	for n := range soak.Times(t, 50) {
		s := anyScenario(random)
		if s.Check() != nil {
			continue
		}
		p := s.Predict()
		if p.Declined != "" || math.IsInf(p.Response, 1) {
			continue
		}
		predicted++
		got := simulated(t, &s, 10)
		if !holds(p, got) {
			if got = simulated(t, &s, 100); !holds(p, got) { // by chance, once in a thousand
				t.Errorf("%d: %s, %s, %+v: predicted %.6g by %s, off by %.3f, simulated %.6g ± %.2g", n, s.Server, told(s.Load), s.Machine, p.Response, p.Form, p.Off, got.Estimate, got.Half())
			}
		}
	}
	if predicted == 0 {
		t.Error("nothing was predicted")
	}
}

func holds(p models.Prediction, got stat.Interval) bool {
	const rounding = 1e-4 // every event takes a nanosecond or two
	return math.Abs(p.Response-got.Estimate) <= (p.Off+rounding)*got.Estimate+got.Half()
}

func told(l spec.Load) string {
	text := fmt.Sprintf("%s %g/s, %d clients think %v (%v):", l.Arrivals(), l.Rate, l.Clients, l.Think, l.Thinking)
	for _, e := range l.Mix {
		text += fmt.Sprintf(" %g of %s", e.Weight, e.Do)
	}
	return text
}

func simulated(t *testing.T, s *scenario.Scenario, replications int) stat.Interval {
	t.Helper()
	config, load := s.Simulation()
	var means []float64
	for n := range uint64(replications) {
		r, err := sim.Run(t.Context(), config, load, 5, n, nil)
		if err != nil {
			t.Fatal(err)
		}
		means = append(means, r.Mean().Seconds())
	}
	return stat.Replicated(means, 0.999)
}

// anyScenario is some server with a load that it may bear.
func anyScenario(random *rand.Rand) scenario.Scenario {
	pick := func(of ...int) int { return of[random.IntN(len(of))] }
	s := scenario.Default()
	s.Server.Class = catalog.Names()[random.IntN(len(catalog.Names()))]
	s.Server.Workers, s.Machine.Cores = pick(1, 1, 1, 2, 4), pick(1, 1, 2, 4)
	if m, _ := s.Model(); m.Threads {
		s.Server.Threads, s.Server.GIL = pick(1, 2, 4, 8, 200), random.IntN(2) == 0
	}
	if random.IntN(4) > 0 {
		s.Machine.Scheduler, s.Machine.Bias = spec.Ideal, spec.Fair
	}
	if random.IntN(4) == 0 {
		s.Overhead.Request = time.Duration(pick(100, 1000)) * time.Microsecond
	}
	for range pick(1, 1, 2) {
		s.Load.Mix = append(s.Load.Mix, spec.Endpoint{Weight: float64(pick(1, 3)), Do: anyDemands(random)})
	}
	s.Load.KeepAlive = random.IntN(4) == 0
	if random.IntN(3) == 0 {
		s.Load.Clients = pick(1, 2, 5, 20)
		s.Load.Think, s.Load.Thinking = time.Duration(pick(0, 0, 20, 100))*time.Millisecond, spec.Law(pick(int(spec.Even), int(spec.Exponential)))
	} else {
		s.Load.Rate = 1
		s.Load.Rate = s.Predict().Throughput * []float64{0.3, 0.5, 0.7, 0.85}[random.IntN(4)]
		s.Load.Arriving = spec.Law(pick(int(spec.Even), int(spec.Exponential), int(spec.Exponential), int(spec.Exponential)))
	}
	rate := s.Load.Rate
	if s.Load.Clients > 0 {
		rate = s.Requests() / (s.WarmUp + s.Window).Seconds()
	}
	s.Window = time.Duration(3000 / rate * 1e9)
	s.WarmUp = s.Window / 5
	return s
}

func anyDemands(random *rand.Rand) (do spec.Demands) {
	for range 1 + random.IntN(3) {
		d := spec.Demand{Kind: spec.CPU, For: time.Duration(1+random.IntN(8)) * time.Millisecond}
		if random.IntN(2) == 0 {
			d.Kind, d.For = spec.Wait, 4*d.For
		}
		switch random.IntN(3) {
		case 0:
			d.Law = spec.Exponential
		case 1:
			d.Law, d.CV = spec.Lognormal, []float64{0.5, 1, 1.5, 2}[random.IntN(4)]
		}
		do = append(do, d)
	}
	return do
}
