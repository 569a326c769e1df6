package trial

import (
	"math"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/models/spec"
)

const second = time.Second

// The pods together get exactly the requests that one server would: same times, same demands.
func TestPodsShareOneLoad(t *testing.T) {
	load := spec.Load{Do: "wait:exp(20ms)", Rate: 400, Arriving: spec.Exponential}
	trial := Trial{Window: 2 * second, Load: load}
	d := Draws{Seed: 3}
	whole, err := trial.Deal(load, 1, d, "")
	if err != nil {
		t.Fatal(err)
	}
	parts, err := trial.Deal(load, 4, d, "")
	if err != nil {
		t.Fatal(err)
	}
	type request struct {
		at time.Duration
		do string
	}
	list := func(r Requests) (all []request) {
		warm, _ := slices.BinarySearch(r.At, trial.WarmUp())
		if len(r.Do) != warm+len(r.At) {
			t.Fatalf("%d demands of %d requests in the window and %d before", len(r.Do), len(r.At), warm)
		}
		for i, do := range r.Do {
			at := i - warm
			if i < warm {
				all = append(all, request{r.At[i] - second, do}) // told apart from the window's
				continue
			}
			all = append(all, request{r.At[at], do})
		}
		return all
	}
	var dealt []request
	for _, p := range parts {
		if n := len(p.At); n < 150 || n > 250 { // 200 ± 12 (binomial)
			t.Errorf("one pod of four gets %d of about 800 requests", n)
		}
		dealt = append(dealt, list(p)...)
	}
	byTime := func(a, b request) int { return int(a.at - b.at) }
	slices.SortFunc(dealt, byTime)
	all := list(whole[0])
	slices.SortFunc(all, byTime)
	if !slices.Equal(dealt, all) {
		t.Errorf("%d requests dealt to pods, %d to one server: not the same", len(dealt), len(all))
	}
	if _, err := trial.Deal(spec.Load{Do: "wait:exp(0s)", Rate: 1}, 1, d, ""); err == nil {
		t.Error("a bad demand is dealt")
	}
}

// The drawn lengths are exponential: the Kolmogorov–Smirnov distance of n of them exceeds 1.628/√n
// with probability 0.01 (Stephens 1974, table 1A), and the seed is fixed.
func TestDrawnLengthsAreExponential(t *testing.T) {
	const n, mean = 5000, 0.02
	demands, err := spec.ParseDemands("cpu:1ms,wait:exp(20ms)")
	if err != nil {
		t.Fatal(err)
	}
	var lengths []float64
	for _, do := range demands.Lists(n, Draws{Seed: 5}.random("demands")) {
		d, err := time.ParseDuration(strings.TrimPrefix(do, "cpu:1ms,wait:"))
		if err != nil {
			t.Fatalf("%q: %v", do, err)
		}
		lengths = append(lengths, d.Seconds())
	}
	slices.Sort(lengths)
	distance := 0.0
	for i, x := range lengths {
		f := 1 - math.Exp(-x/mean)
		distance = max(distance, f-float64(i)/n, float64(i+1)/n-f)
	}
	if limit := 1.628 / math.Sqrt(n); distance > limit {
		t.Errorf("distance %.4f from the exponential, more than %.4f", distance, limit)
	}
}

// A list that is accepted asks the server for as many steps, none of them left to be drawn, and survives the way
// there.
func FuzzDeal(f *testing.F) {
	for _, list := range []string{"", "cpu:1ms,wait:exp(20ms)", "wait:exp(1m)", "exp(1s)", "wait:exp(exp(1s))", ",", "leak:exp(1ms)", "wait:lognormal(1m/10)"} {
		f.Add(list, uint64(1))
	}
	f.Fuzz(func(t *testing.T, list string, seed uint64) {
		load := spec.Load{Do: list, Rate: 3}
		parts, err := Trial{Load: load, Window: second}.Deal(load, 1, Draws{Seed: seed}, "")
		if err != nil {
			return
		}
		for _, do := range parts[0].Do {
			demands, err := spec.ParseDemands(do)
			if err != nil || !demands.Fixed() || len(demands) != 1+strings.Count(list, ",") {
				t.Fatalf("%q asks for %q: %v", list, do, err)
			}
			if query, err := url.ParseQuery("do=" + url.QueryEscape(do)); err != nil || query.Get("do") != do {
				t.Fatalf("%q does not survive the query: %v", do, err)
			}
		}
	})
}

func TestCheckTellsWhatCannotBeCarriedOut(t *testing.T) {
	good := Trial{Server: spec.Server{Class: "sync", Workers: 1}, Window: second, Load: spec.Load{Do: "cpu:1ms", Rate: 10}}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for want, spoil := range map[string]func(*Trial){
		"no window":             func(t *Trial) { t.Window = 0 },
		"no load":               func(t *Trial) { t.Load.Rate = 0 },
		"outlasts the window":   func(t *Trial) { t.Load = spec.Load{Burst: 2, Over: 3 * second} },
		"not within the window": func(t *Trial) { t.At = second },
		"several at once":       func(t *Trial) { t.Load = spec.Load{Clients: 1, Abreast: 2} },
		"nothing befalls":       func(t *Trial) { t.Memory, t.Event = WhileHeld, Killed },
		"less than no time":     func(t *Trial) { t.Hog.RTT = -second },
		"take no time":          func(t *Trial) { t.Slow.Clients = 1 },
		"both read and post":    func(t *Trial) { t.Slow = Slow{Clients: 1, Over: second, Read: 2, Post: 2} },
		"not a duration":        func(t *Trial) { t.Hog.Do = "wait:exp(1)" },
		"only open loads":       func(t *Trial) { t.Pods, t.Load = 2, spec.Load{Clients: 1} },
		"with nothing beside":   func(t *Trial) { t.Pods, t.Hog = 2, spec.Load{Do: "cpu:1ms", Clients: 1} },
		"no event but Watched":  func(t *Trial) { t.Pods, t.Event = 2, Killed },
	} {
		trial := good
		spoil(&trial)
		if err := trial.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestEstimateCountsTheDrain(t *testing.T) {
	drain := func(s spec.Server, l spec.Load) time.Duration {
		return Trial{Server: s, Window: second, Load: l}.drain(l)
	}
	sync1, gevent := spec.Server{Class: "sync", Workers: 1}, spec.Server{Class: "gevent", Workers: 1}
	for _, c := range []struct {
		what string
		got  time.Duration
		want time.Duration
	}{
		{"64 clients before one worker", drain(sync1, spec.Load{Do: "wait:20ms", Clients: 64}), 1280 * time.Millisecond},
		{"64 clients of a loop", drain(gevent, spec.Load{Do: "wait:20ms", Clients: 64}), 20 * time.Millisecond},
		{"64 clients that compute", drain(gevent, spec.Load{Do: "cpu:5ms", Clients: 64}), 320 * time.Millisecond},
		{"a client a second away", drain(gevent, spec.Load{Do: "wait:20ms", Clients: 1, RTT: second}), 2020 * time.Millisecond},
		{"a lone request of 6 s", drain(sync1, spec.Load{Do: "wait:6s", Burst: 1}), 5 * second},
		{"sent half a second late", drain(sync1, spec.Load{Do: "wait:6s", Burst: 1, Phase: second / 2}), 5500 * time.Millisecond},
		{"given up by the client", drain(sync1, spec.Load{Do: "wait:6s", Burst: 1, Timeout: 3 * second}), 2 * second},
		{"a backlog of 8 before one worker", drain(spec.Server{Class: "sync", Workers: 1, Backlog: 8}, spec.Load{Do: "wait:20ms", Burst: 40}), 3 * second},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", c.what, c.got, c.want)
		}
	}
	quick := Trial{Server: sync1, Window: second, Load: spec.Load{Do: "wait:1ms", Rate: 10}}
	with := quick
	with.Hog = spec.Load{Do: "wait:4s", Rate: 1}
	if d := with.Estimate() - quick.Estimate(); d < 3*second || d > 5*second {
		t.Errorf("a hog of 4 s adds %v to the estimate", d)
	}
}
