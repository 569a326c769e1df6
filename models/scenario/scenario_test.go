package scenario

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/models"
)

const example = `system: {class: gthread, workers: 2, threads: 4, gil: true, keepalive: 2s, timeout: 30s}
cores: 2
handler: [{cpu: 2ms}, {wait: 20ms, dist: exp}]
load: {arrivals: poisson, rate: 100, duration: 30s, warmup: 2s}
seed: 7
`

func parse(t *testing.T, text string) Scenario {
	t.Helper()
	s, err := Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestParse(t *testing.T) {
	s := parse(t, example)
	if s.System.Threads != 4 || !s.System.GIL || s.System.Backlog != 2048 || s.Handler[1].Wait != 20*time.Millisecond || s.Load.Rate != 100 || s.Seed != 7 {
		t.Errorf("%+v", s)
	}
	if got, want := s.Workload(), (models.Workload{CPU: 2 * time.Millisecond, Wait: 20 * time.Millisecond, WaitCV: 1, Waits: 1, Rate: 100}); got != want {
		t.Errorf("workload %+v, want %+v", got, want)
	}
	if c := s.Config(); c.Slots != 4 || c.Lock != models.Switching || c.Workers != 2 {
		t.Errorf("%+v", c)
	}
	if p := s.Predict(); p.Throughput < 300 || p.Limit != "workers" {
		t.Errorf("%+v", p)
	}
}

func TestMixIsWeighted(t *testing.T) {
	s := parse(t, `mix:
- {name: quick, weight: 3, handler: [{cpu: 1ms}]}
- {name: slow, weight: 1, handler: [{cpu: 5ms}, {wait: 40ms}]}
load: {arrivals: closed, clients: 4}
overhead: {request: 100us, connection: 50us}
`)
	w := s.Workload()
	if math.Abs(w.CPUCV*2.15-math.Sqrt(3)) > 1e-6 || w.Waits != 1 {
		t.Errorf("the work varies by %.4f of its mean, want √3 ms of 2.15", w.CPUCV)
	}
	if w.CPU != 2150*time.Microsecond || w.Wait != 10*time.Millisecond || w.Clients != 4 {
		t.Errorf("workload %+v, want 3/4·1 + 1/4·5 ms and 0.15 of the server's", w)
	}
	random := rand.New(rand.NewPCG(1, 2))
	slow, demands := 0, s.SimLoad().Demands
	for k := range 10_000 {
		if len(demands(k, random)) == 2 {
			slow++
		}
	}
	if slow < 2350 || slow > 2650 {
		t.Errorf("%d of 10000 were slow, want a quarter", slow)
	}
}

func TestDrawnTimesHaveTheirMeanAndSpread(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, c := range []struct {
		d  Demand
		cv float64
	}{{Demand{Dist: fixed}, 0}, {Demand{Dist: exponential}, 1}, {Demand{Dist: lognormal, CV: 0.5}, 0.5}, {Demand{Dist: lognormal, CV: 2}, 2}} {
		var sum, squares float64
		const n = 200_000
		for range n {
			x := c.d.draw(10*time.Millisecond, random).Seconds()
			sum, squares = sum+x, squares+x*x
		}
		mean := sum / n
		cv := math.Sqrt(max(0, squares/n-mean*mean)) / mean
		if math.Abs(mean-0.010) > 0.0002 || math.Abs(cv-c.cv) > 0.05*(1+c.cv) {
			t.Errorf("%+v: mean %.5f, cv %.3f; want 0.010 and %g", c.d, mean, cv, c.cv)
		}
	}
}

// Every fault is told with where it stands and what would be right.
func TestFaultsAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		"":              "empty",
		"nonsense: 1\n": "1:1",
		"system: {class: gthread,\n  thread: 4}\n":                                          "2:3",
		"handler: [{cpu: fast}]\nload: {rate: 1}\n":                                         "1:17",
		"handler: [{cpu: -2ms}]\nload: {rate: 1}\n":                                         "handler[0]: ",
		"handler: [{cpu: 2ms, wait: 3ms}]\nload: {rate: 1}\n":                               "either {cpu: TIME} or {wait: TIME}",
		"load: {rate: 1}\n":                                                                 "handler: [{cpu: 2ms}",
		"handler: [{cpu: 2ms}]\n":                                                           "load.rate is 0",
		"handler: [{cpu: 2ms}]\nload: {arrivals: closed}\n":                                 "load.clients is 0",
		"handler: [{cpu: 2ms}]\nload: {arrivals: often, rate: 1}\n":                         `load.arrivals "often"`,
		"handler: [{cpu: 2ms}]\nload: {rate: 1}\nsystem: {class: fast}\n":                   "want one of [sync gthread",
		"handler: [{cpu: 2ms}]\nload: {rate: 1}\nsystem: {workers: 0}\n":                    "system.workers is 0",
		"handler: [{cpu: 2ms}]\nload: {rate: 1}\nsystem: {threads: 4}\n":                    "class sync has no threads",
		"handler: [{cpu: 2ms}]\nload: {rate: 1}\nsystem: {class: gthread, threads: 2000}\n": "raise worker_connections",
		"handler: [{cpu: 2ms, dist: normal}]\nload: {rate: 1}\n":                            `dist "normal"`,
		"handler: [{cpu: 2ms, dist: lognormal}]\nload: {rate: 1}\n":                         "cv is 0",
		"handler: [{cpu: 2ms}]\nload: {rate: 1, clients: 3}\n":                              "an open loop has a rate",
		"mix: [{weight: 0, handler: [{cpu: 1ms}]}]\nload: {rate: 1}\n":                      "mix[0].weight is 0",
		"handler: [{cpu: 2ms}]\nload: {rate: 1, duration: 0s}\n":                            "load.duration is 0s",
		"handler: [{cpu: 2ms}]\nload: {rate: 1}\ncores: 0\n":                                "cores is 0",
		"handler: [{cpu: 2ms}]\nload: {rate: .nan}\n":                                       "load.rate is NaN",
		"handler: [{cpu: 2ms}]\nload: {rate: 1}\nsystem: {keepalive: -1s}\n":                "system.keepalive is -1s",
	} {
		if _, err := Parse(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q:\n%v\nwant it to say %q", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(example)
	f.Add("mix: [{weight: 1, handler: [{cpu: 1ms, dist: lognormal, cv: 2}]}]\nload: {arrivals: closed, clients: 3, think: 1s}\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse(strings.NewReader(text))
		if err != nil {
			return
		}
		if p := s.Predict(); p.Throughput < 0 {
			t.Errorf("%q predicts %g requests/s", text, p.Throughput)
		}
		s.SimLoad().Demands(0, rand.New(rand.NewPCG(1, 1)))
	})
}
