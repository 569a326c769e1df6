package experiments

import (
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/loadgen"
	"github.com/workerlab/workerlab/server/lab"
)

const second = time.Second

func attackOf(t *testing.T, trial Trial, seed uint64) *loadgen.Attack {
	t.Helper()
	d := draws{seed: seed}
	parts, err := trial.deal(trial.Load, 1, d, "")
	if err != nil || len(parts) != 1 {
		t.Fatal(parts, err)
	}
	return trial.attack("http://h:1", trial.Load, parts[0], d, "")
}

func TestAttackOfALoad(t *testing.T) {
	trial := Trial{Window: second, Load: Load{Do: "cpu:1ms,wait:20ms", Clients: 3, Think: second}}
	a := attackOf(t, trial, 1)
	if a.Targets[0].URL != "http://h:1/task?do=cpu%3A1ms%2Cwait%3A20ms" || a.Clients != 3 || a.Schedule != nil || a.Think() != second {
		t.Errorf("closed loop: %+v", a)
	}
	trial.Load = Load{Do: "wait:2s", Burst: 4, Over: second / 2}
	a = attackOf(t, trial, 1)
	if at := slices.Collect(a.Schedule); len(at) != 4 || at[3] >= second/2 || a.Warmup != 0 || a.Duration != second {
		t.Errorf("the burst's schedule is %v after %v, in %v", at, a.Warmup, a.Duration)
	}
	trial.Load = Load{Do: "wait:2s", Burst: 4}
	if at := slices.Collect(attackOf(t, trial, 1).Schedule); !slices.Equal(at, []time.Duration{0, 0, 0, 0}) {
		t.Errorf("a burst at once is sent at %v", at)
	}
	trial.Load = Load{Rate: 10, Timeout: 2 * second, RTT: second}
	if a := attackOf(t, trial, 1); len(slices.Collect(a.Schedule)) != 10 || a.Connections != 64 || a.RTT != second || a.Warmup != trial.WarmUp() {
		t.Errorf("open loop: %+v", a)
	}
	if n := (Load{Rate: 40}).connections(); n != 500 {
		t.Errorf("%d connections at 40/s for 10 s, want those 400 and a quarter", n)
	}
	trial.Together = true
	if a := attackOf(t, trial, 1); a.MaxLag <= time.Millisecond {
		t.Errorf("a load among many may lag by %v", a.MaxLag)
	}
}

// Requests that arrive abreast do so at the instants of a load of one at a time that comes as much more rarely.
func TestArrivingAbreast(t *testing.T) {
	for _, law := range []Law{Even, Jittered, Exponential} {
		one := Trial{Window: 20 * second, Load: Load{Rate: 1, Arriving: law}}
		many := Trial{Window: 20 * second, Load: Load{Rate: 50, Abreast: 50, Arriving: law, KeepAlive: true}}
		at, volleys := slices.Collect(attackOf(t, one, 1).Schedule), attackOf(t, many, 1)
		if all := slices.Collect(volleys.Schedule); len(all) != 50*len(at) || !slices.Equal(slices.Compact(all), at) {
			t.Errorf("%v: %d requests, not 50 at each of %v", law, len(all), at)
		}
		if volleys.Connections != 50 {
			t.Errorf("%v: those who come again have %d connections, want one each", law, volleys.Connections)
		}
	}
}

func TestJitteredArrivals(t *testing.T) {
	at := slices.Collect(attackOf(t, Trial{Window: 200 * second, Load: Load{Rate: 1, Arriving: Jittered}}, 1).Schedule)
	if at[0] != 0 || len(at) < 190 || len(at) > 210 {
		t.Fatalf("%d arrivals in 200 s, the first at %v", len(at), at[0])
	}
	for i, gap := range at[1:] {
		if gap -= at[i]; gap < 900*time.Millisecond || gap > 1100*time.Millisecond {
			t.Errorf("gap %d is of %v", i, gap)
		}
	}
}

func TestPostsHaveABody(t *testing.T) {
	trial := Trial{Window: second, Load: Load{Do: "wait:1ms", Rate: 10}}
	if target := attackOf(t, trial, 1).Targets[0]; target.Method != "" || len(target.Body) > 0 {
		t.Errorf("a GET is %+v", target)
	}
	trial.Load.Post = true
	if target := attackOf(t, trial, 1).Targets[0]; target.Method != http.MethodPost || len(target.Body) == 0 || !strings.HasSuffix(target.URL, "/task?do=wait%3A1ms") {
		t.Errorf("a POST is %+v", target)
	}
}

// A burst beside a load that is warmed up begins with that load's window.
func TestABurstBesideALoadIsNotWarmedUp(t *testing.T) {
	trial := Trial{Window: second, Load: Load{Rate: 10}, Hog: Load{Do: "wait:1s", Burst: 2}}
	parts, err := trial.deal(trial.Hog, 1, draws{}, "hog ")
	if err != nil {
		t.Fatal(err)
	}
	a := trial.attack("http://h:1", trial.Hog, parts[0], draws{}, "hog ")
	if a.Warmup != 0 || parts[0].at[0] != trial.WarmUp() || a.Duration != trial.WarmUp()+second {
		t.Errorf("warm-up %v, first at %v, window %v", a.Warmup, parts[0].at[0], a.Duration)
	}
}

// What is asked of a server depends on seed, block and load, and on nothing of the server.
func TestAllServersOfABlockAreAskedForTheSame(t *testing.T) {
	asked := func(s Server, seed uint64) (all []string) {
		trial := Trial{Server: s, Window: second, Load: Load{Do: "cpu:1ms,wait:exp(20ms)", Rate: 200, Arriving: Exponential}}
		a := attackOf(t, trial, seed)
		for at := range a.Schedule {
			all = append(all, at.String())
		}
		for _, target := range a.Targets {
			all = append(all, target.URL)
		}
		return all
	}
	one, other := Server{Class: "sync", Workers: 4}, Server{Class: "gthread", Workers: 1, Threads: 8}
	if !slices.Equal(asked(one, 1), asked(other, 1)) {
		t.Error("two servers of a block are asked for different things")
	}
	if slices.Equal(asked(one, 1), asked(one, 2)) {
		t.Error("another seed asks for the same")
	}
	d := draws{seed: 1, block: 2}
	seeds := []uint64{d.seedFor("a"), d.seedFor("b"), draws{1, 3}.seedFor("a"), draws{2, 2}.seedFor("a")}
	for i, s := range seeds {
		if slices.Index(seeds, s) != i {
			t.Errorf("seeds %x: purpose, block and session all matter", seeds)
		}
	}
	if d.seedFor("a") != (draws{1, 2}).seedFor("a") {
		t.Error("a seed cannot be repeated")
	}
}

// The pods together get exactly the requests that one server would: same times, same demands.
func TestPodsShareOneLoad(t *testing.T) {
	load := Load{Do: "wait:exp(20ms)", Rate: 400, Arriving: Exponential}
	trial := Trial{Window: 2 * second, Load: load}
	d := draws{seed: 3}
	whole, err := trial.deal(load, 1, d, "")
	if err != nil {
		t.Fatal(err)
	}
	parts, err := trial.deal(load, 4, d, "")
	if err != nil {
		t.Fatal(err)
	}
	type request struct {
		at time.Duration
		do string
	}
	list := func(r requests) (all []request) {
		warm, _ := slices.BinarySearch(r.at, trial.WarmUp())
		if len(r.do) != warm+len(r.at) {
			t.Fatalf("%d demands of %d requests in the window and %d before", len(r.do), len(r.at), warm)
		}
		for i, do := range r.do {
			at := i - warm
			if i < warm {
				all = append(all, request{r.at[i] - second, do}) // told apart from the window's
				continue
			}
			all = append(all, request{r.at[at], do})
		}
		return all
	}
	var dealt []request
	for _, p := range parts {
		if n := len(p.at); n < 150 || n > 250 { // 200 ± 12 (binomial)
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
	if _, err := trial.deal(Load{Do: "wait:exp(0s)", Rate: 1}, 1, d, ""); err == nil {
		t.Error("a bad demand is dealt")
	}
}

func TestLawsOfTimes(t *testing.T) {
	const n = 20_000
	for _, c := range []struct {
		law       Law
		deviation float64 // of the mean
		low, high time.Duration
	}{
		{Even, 0, second, second},
		{Jittered, 0.1 / math.Sqrt(3), 900 * time.Millisecond, 1100 * time.Millisecond}, // uniform over ±0.1: 0.2/√12
		{Exponential, 1, 0, 20 * second},
	} {
		draw := c.law.times(second, rand.New(rand.NewPCG(1, 2)))
		var sum, squares float64
		for range n {
			d := draw()
			if d < c.low || d > c.high {
				t.Fatalf("%v drew %v", c.law, d)
			}
			sum, squares = sum+d.Seconds(), squares+d.Seconds()*d.Seconds()
		}
		mean := sum / n
		deviation := math.Sqrt(max(0, squares/n-mean*mean))
		if math.Abs(mean-1) > 4*c.deviation/math.Sqrt(n)+1e-9 || math.Abs(deviation-c.deviation) > 0.05 {
			t.Errorf("%v: mean %g, deviation %g, want 1 and %g", c.law, mean, deviation, c.deviation)
		}
	}
}

func TestMixes(t *testing.T) {
	for _, c := range []struct {
		list  string
		fixed bool
		error string
	}{
		{list: "", fixed: true},
		{list: "cpu:1ms,wait:20ms", fixed: true},
		{list: "touch:0.5,leak:64KiB", fixed: true},
		{list: "cpu:1ms,wait:exp(20ms)"},
		{list: "wait:exp(20ms", error: "want a mean time"},
		{list: "wait:exp()", error: "want a mean time"},
		{list: "wait:exp(20)", error: "want a mean time"},
		{list: "wait:exp(-1s)", error: "the mean is from"},
		{list: "wait:exp(0s)", error: "the mean is from"},
		{list: "wait:exp(2h)", error: "the mean is from"},
	} {
		m, err := parseMix(c.list)
		if c.error != "" {
			if err == nil || !strings.Contains(err.Error(), c.error) {
				t.Errorf("%q: %v, want %q", c.list, err, c.error)
			}
			continue
		}
		if err != nil || m.fixed() != c.fixed {
			t.Errorf("%q: fixed %v, %v", c.list, m.fixed(), err)
		}
		if all := m.list(3, rand.New(rand.NewPCG(1, 1))); c.fixed && (len(all) != 1 || all[0] != c.list) {
			t.Errorf("%q asks for %q", c.list, all)
		}
	}
	m, err := parseMix("cpu:2ms,wait:exp(20ms),block:1ms,leak:64KiB")
	if computing, waiting := m.means(); err != nil || computing != 2*time.Millisecond || waiting != 21*time.Millisecond {
		t.Errorf("means %v and %v, %v", computing, waiting, err)
	}
}

// The drawn lengths are exponential: the Kolmogorov–Smirnov distance of n of them exceeds 1.628/√n
// with probability 0.01 (Stephens 1974, table 1A), and the seed is fixed.
func TestDrawnLengthsAreExponential(t *testing.T) {
	const n, mean = 5000, 0.02
	m, err := parseMix("cpu:1ms,wait:exp(20ms)")
	if err != nil {
		t.Fatal(err)
	}
	var lengths []float64
	for _, do := range m.list(n, draws{seed: 5}.random("demands")) {
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

// A list that is accepted asks the server for as many steps, none of them left to be drawn; a drawn
// step of a kind that takes a time is one that the server takes.
func FuzzMix(f *testing.F) {
	for _, list := range []string{"", "cpu:1ms,wait:exp(20ms)", "wait:exp(1m)", "exp(1s)", "wait:exp(exp(1s))", ",", "leak:exp(1ms)"} {
		f.Add(list, uint64(1))
	}
	f.Fuzz(func(t *testing.T, list string, seed uint64) {
		m, err := parseMix(list)
		if err != nil {
			return
		}
		for _, do := range m.list(3, rand.New(rand.NewPCG(seed, 0))) {
			if m.fixed() && do != list {
				t.Fatalf("%q asks for %q", list, do)
			}
			steps := strings.Split(do, ",")
			if len(steps) != len(m) {
				t.Fatalf("%q asks for %q", list, do)
			}
			for i, step := range steps {
				if kind := m[i].text; m[i].mean > 0 && (kind == "wait" || kind == "cpu" || kind == "block") {
					for _, err := range lab.Demands(step) {
						if err != nil {
							t.Fatalf("%q asks for %q: %v", list, do, err)
						}
					}
				}
			}
			if query, err := url.ParseQuery("do=" + url.QueryEscape(do)); err != nil || query.Get("do") != do {
				t.Fatalf("%q does not survive the query: %v", do, err)
			}
		}
	})
}

func TestCheckTellsWhatCannotBeCarriedOut(t *testing.T) {
	good := Trial{Server: Server{Class: "sync", Workers: 1}, Window: second, Load: Load{Do: "cpu:1ms", Rate: 10}}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for want, spoil := range map[string]func(*Trial){
		"no window":             func(t *Trial) { t.Window = 0 },
		"no load":               func(t *Trial) { t.Load.Rate = 0 },
		"outlasts the window":   func(t *Trial) { t.Load = Load{Burst: 2, Over: 3 * second} },
		"not within the window": func(t *Trial) { t.At = second },
		"several at once":       func(t *Trial) { t.Load = Load{Clients: 1, Abreast: 2} },
		"nothing befalls":       func(t *Trial) { t.Memory, t.Event = WhileHeld, Killed },
		"less than no time":     func(t *Trial) { t.Hog.RTT = -second },
		"take no time":          func(t *Trial) { t.Slow.Clients = 1 },
		"both read and post":    func(t *Trial) { t.Slow = Slow{Clients: 1, Over: second, Read: 2, Post: 2} },
		"want a mean time":      func(t *Trial) { t.Hog.Do = "wait:exp(1)" },
		"only open loads":       func(t *Trial) { t.Pods, t.Load = 2, Load{Clients: 1} },
		"with nothing beside":   func(t *Trial) { t.Pods, t.Hog = 2, Load{Do: "cpu:1ms", Clients: 1} },
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
	drain := func(s Server, l Load) time.Duration { return Trial{Server: s, Window: second, Load: l}.drain(l) }
	sync1, gevent := Server{Class: "sync", Workers: 1}, Server{Class: "gevent", Workers: 1}
	for _, c := range []struct {
		what string
		got  time.Duration
		want time.Duration
	}{
		{"64 clients before one worker", drain(sync1, Load{Do: "wait:20ms", Clients: 64}), 1280 * time.Millisecond},
		{"64 clients of a loop", drain(gevent, Load{Do: "wait:20ms", Clients: 64}), 20 * time.Millisecond},
		{"64 clients that compute", drain(gevent, Load{Do: "cpu:5ms", Clients: 64}), 320 * time.Millisecond},
		{"a client a second away", drain(gevent, Load{Do: "wait:20ms", Clients: 1, RTT: second}), 2020 * time.Millisecond},
		{"a lone request of 6 s", drain(sync1, Load{Do: "wait:6s", Burst: 1}), 5 * second},
		{"sent half a second late", drain(sync1, Load{Do: "wait:6s", Burst: 1, Phase: second / 2}), 5500 * time.Millisecond},
		{"given up by the client", drain(sync1, Load{Do: "wait:6s", Burst: 1, Timeout: 3 * second}), 2 * second},
		{"a backlog of 8 before one worker", drain(Server{Class: "sync", Workers: 1, Backlog: 8}, Load{Do: "wait:20ms", Burst: 40}), 3 * second},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", c.what, c.got, c.want)
		}
	}
	quick := Trial{Server: sync1, Window: second, Load: Load{Do: "wait:1ms", Rate: 10}}
	with := quick
	with.Hog = Load{Do: "wait:4s", Rate: 1}
	if d := with.Estimate() - quick.Estimate(); d < 3*second || d > 5*second {
		t.Errorf("a hog of 4 s adds %v to the estimate", d)
	}
}
