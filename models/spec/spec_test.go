package spec

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/server/task"
)

const ms = time.Millisecond

func ExampleParseDemands() {
	demands, _ := ParseDemands("cpu:2ms,wait:exp(20ms)")
	work, wait := demands.Moments()
	fmt.Println(demands, work.Duration(), wait.Duration(), wait.CV())
	// Output: cpu:2ms,wait:exp(20ms) 2ms 20ms 1
}

func ExampleServer_Filled() {
	s := Server{Class: "gthread", Threads: 4, KeepAlive: Never}
	fmt.Println(s, "-", s.Filled())
	// Output: gthread 1×4 ka=-1 - gthread 1×4 wc=1000 backlog=2048 t=30 ka=-1
}

// Never stays off, and what was filled is not filled with something else.
func TestFilledAgainStaysTheSame(t *testing.T) {
	for _, s := range []Server{{}, {Timeout: Never, KeepAlive: Never}, {Class: "gevent", Workers: 3, Backlog: 7, Switch: ms}} {
		if once := s.Filled(); once.Filled() != once {
			t.Errorf("%+v became %+v and then %+v", s, once, once.Filled())
		}
	}
	if f := (Server{Timeout: Never}).Filled(); On(f.Timeout) != 0 || On(f.KeepAlive) != 2*time.Second {
		t.Errorf("a timeout of %v and keep-alive of %v: want none and 2 s", On(f.Timeout), On(f.KeepAlive))
	}
}

func TestParseDemands(t *testing.T) {
	want := Demands{
		{Kind: CPU, For: 2 * ms},
		{Kind: Wait, For: 20 * ms, Law: Exponential},
		{Kind: Wait, For: ms, Law: Lognormal, CV: 3},
		{Kind: Touch, Share: 0.5},
		{Kind: Leak, Bytes: 64 << 10},
		{Kind: Block, For: time.Second},
	}
	got, err := ParseDemands("cpu:2ms,wait:exp(20ms),wait:lognormal(1ms/3),touch:0.5,leak:64KiB,block:1s")
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	again, err := ParseDemands(got.String())
	if err != nil || !slices.Equal(again, want) {
		t.Errorf("%s became %v, %v", got, again, err)
	}
}

// Each mistake names its step and what would be right.
func TestParseDemandsNamesTheStep(t *testing.T) {
	for list, why := range map[string]string{
		"":                            "the kind must be",
		"cpu":                         "not a duration",
		"cpu:2":                       "not a duration",
		"cpu:-1ms":                    "from 0 to",
		"cpu:1ms,sleep:3s":            `step "sleep:3s": the kind must be`,
		"wait:2h":                     "from 0 to 1h",
		"touch:1.5":                   "share of the app memory",
		"touch:nan":                   "share of the app memory",
		"leak:2GiB":                   "number of bytes",
		"wait:exp(20ms":               "bracket",
		"wait:exp(2m)":                "the mean is from",
		"wait:exp(0s)":                "the mean is from",
		"wait:exp(1ms/2)":             "exp(MEAN)",
		"wait:lognormal(1ms)":         "lognormal(MEAN/CV)",
		"wait:lognormal(1ms/0)":       "coefficient of variation",
		"wait:lognormal(1ms/NaN)":     "coefficient of variation",
		"wait:uniform(1ms)":           "exp(MEAN)",
		"cpu:1ms,wait:lognormal(1/2)": "not a duration",
	} {
		if _, err := ParseDemands(list); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, want it to say %q", list, err, why)
		}
	}
}

func FuzzParseDemands(f *testing.F) {
	for _, list := range []string{
		"cpu:2ms,wait:20ms", "block:1h", "cpu:", ",", "cpu:1e9h", "wait:0", "touch:0.5", "touch:1e-300", "leak:64KiB", "leak:0x1p30",
		"cpu:2ms,wait:exp(20ms)",
	} {
		f.Add(list)
	}
	f.Add("wait:lognormal(1ms/3),touch:0.25,leak:1e6,block:1h")
	f.Fuzz(func(t *testing.T, list string) {
		all, err := ParseDemands(list)
		if err != nil {
			return
		}
		if len(all) == 0 {
			t.Errorf("%q gave neither demands nor an error", list)
		}
		for _, d := range all {
			if d.For < 0 || d.For > Longest || !(0 <= d.Share && d.Share <= 1) || d.Bytes < 0 || d.Bytes > Largest {
				t.Errorf("%q gave %+v", list, d)
			}
		}
		again, err := ParseDemands(all.String())
		if err != nil || !slices.Equal(again, all) {
			t.Errorf("%q: %v became %v, %v", list, all, again, err)
		}
		for _, d := range all.Draw(rand.New(rand.NewPCG(1, 2))) {
			if d.For < 0 || d.For > Longest || d.Law != Even {
				t.Errorf("%q: drew %v", list, d)
			}
		}
	})
}

// The mean and the spread that are drawn are those that were asked for.
func TestDrawnTimesHaveTheirMoments(t *testing.T) {
	const n = 200_000
	for _, d := range []Demand{
		{For: ms, Law: Jittered}, {For: ms, Law: Exponential}, {For: ms, Law: Lognormal, CV: 0.5}, {For: ms},
	} {
		random := rand.New(rand.NewPCG(7, 7))
		sum, squares := 0.0, 0.0
		for range n {
			x := d.Law.Draw(d.For, d.CV, random).Seconds() * 1e3
			sum, squares = sum+x, squares+x*x
		}
		mean := sum / n
		cv := math.Sqrt(max(0, squares/n-mean*mean)) / mean
		if want := d.Law.CV(d.CV); math.Abs(mean-1) > 0.01 || math.Abs(cv-want) > 0.01 {
			t.Errorf("%v: mean %.4f, CV %.4f; want 1 and %.4f", d.Law, mean, cv, want)
		}
	}
}

func TestMomentsOfIndependentSteps(t *testing.T) {
	d, err := ParseDemands("cpu:exp(3ms),wait:lognormal(10ms/2),cpu:exp(4ms),block:5ms,touch:1")
	if err != nil {
		t.Fatal(err)
	}
	work, wait := d.Moments()
	if got, want := work.CV(), 5.0/7; math.Abs(got-want) > 1e-12 || work.Duration() != 7*ms { // √(3²+4²) of 7
		t.Errorf("work %v, CV %g; want 7ms and %g", work.Duration(), got, want)
	}
	if got, want := wait.CV(), 20.0/15; math.Abs(got-want) > 1e-12 || wait.Duration() != 15*ms {
		t.Errorf("wait %v, CV %g; want 15ms and %g", wait.Duration(), got, want)
	}
	if d.Works() != 2 || !d.Blocks() || d.Waits() != 2 || d.Fixed() {
		t.Errorf("%d of work, blocks %v, %d waits, fixed %v", d.Works(), d.Blocks(), d.Waits(), d.Fixed())
	}
}

// Endpoints come by their weights, and fixed ones share one list.
func TestStepsByWeight(t *testing.T) {
	rare, usual := Demands{{Kind: CPU, For: ms}}, Demands{{Kind: Wait, For: 2 * ms}, {Kind: Touch, Share: 1}}
	next := Steps([]Endpoint{{Weight: 1, Do: rare}, {Weight: 3, Do: usual}})
	random := rand.New(rand.NewPCG(3, 3))
	n := 0
	for range 10_000 {
		if s := next(random); s[0].Kind == task.OnCPU {
			n++
		}
	}
	if n < 2300 || n > 2700 {
		t.Errorf("%d of 10000 were of the endpoint that has a quarter", n)
	}
	one := Steps([]Endpoint{{Do: usual}})
	if a, b := one(nil), one(nil); &a[0] != &b[0] || len(a) != 1 {
		t.Errorf("fixed demands do not share one list: %v, %v", a, b)
	}
}

func TestSizes(t *testing.T) {
	for s, want := range map[string]int64{
		"0": 0, "4096": 4096, "1e6": 1e6, "12MB": 12e6, "64KiB": 64 << 10, "1.5kB": 1500, "2.01kB": 2010, "1GiB": Largest, "8B": 8,
	} {
		if got, err := ParseSize(s); got != want || err != nil {
			t.Errorf("%s: got %d, %v; want %d", s, got, err, want)
		}
	}
	for _, bad := range []string{"", "B", "MB", "-1", "NaN", "Inf", "1e10", "1.1GiB", "1Mb", "1 MB", "5k", "1BB"} {
		if got, err := ParseSize(bad); err == nil {
			t.Errorf("%q was taken for %d", bad, got)
		}
	}
}
