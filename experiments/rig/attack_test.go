package rig

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/loadgen"
	"github.com/workerlab/workerlab/models/spec"
)

func attackOf(t *testing.T, one trial.Trial, seed uint64) *loadgen.Attack {
	t.Helper()
	d := trial.Draws{Seed: seed}
	parts, err := one.Deal(one.Load, 1, d, "")
	if err != nil || len(parts) != 1 {
		t.Fatal(parts, err)
	}
	return attack(one, "http://h:1", one.Load, parts[0], d, "")
}

func TestAttackOfALoad(t *testing.T) {
	one := trial.Trial{Window: time.Second, Load: spec.Load{Do: "cpu:1ms,wait:20ms", Clients: 3, Think: time.Second}}
	a := attackOf(t, one, 1)
	if a.Targets[0].URL != "http://h:1/task?do=cpu%3A1ms%2Cwait%3A20ms" || a.Clients != 3 || a.Schedule != nil || a.Think() != time.Second {
		t.Errorf("closed loop: %+v", a)
	}
	one.Load = spec.Load{Do: "wait:2s", Burst: 4, Over: time.Second / 2}
	a = attackOf(t, one, 1)
	if at := slices.Collect(a.Schedule); len(at) != 4 || at[3] >= time.Second/2 || a.Warmup != 0 || a.Duration != time.Second {
		t.Errorf("the burst's schedule is %v after %v, in %v", at, a.Warmup, a.Duration)
	}
	one.Load = spec.Load{Do: "wait:2s", Burst: 4}
	if at := slices.Collect(attackOf(t, one, 1).Schedule); !slices.Equal(at, []time.Duration{0, 0, 0, 0}) {
		t.Errorf("a burst at once is sent at %v", at)
	}
	one.Load = spec.Load{Do: "cpu:1ms", Rate: 10, Timeout: 2 * time.Second, RTT: time.Second}
	if a := attackOf(t, one, 1); len(slices.Collect(a.Schedule)) != 10 || a.Connections != 64 || a.RTT != time.Second || a.Warmup != one.WarmUp() {
		t.Errorf("open loop: %+v", a)
	}
	if n := trial.Connections(spec.Load{Do: "cpu:1ms", Rate: 40}); n != 500 {
		t.Errorf("%d connections at 40/s for 10 s, want those 400 and a quarter", n)
	}
	one.Together = true
	if a := attackOf(t, one, 1); a.MaxLag <= time.Millisecond {
		t.Errorf("a load among many may lag by %v", a.MaxLag)
	}
}

// Requests that arrive abreast do so at the instants of a load of one at a time that comes as much more rarely.
func TestArrivingAbreast(t *testing.T) {
	for _, law := range []spec.Law{spec.Even, spec.Jittered, spec.Exponential} {
		one := trial.Trial{Window: 20 * time.Second, Load: spec.Load{Do: "cpu:1ms", Rate: 1, Arriving: law}}
		many := trial.Trial{Window: 20 * time.Second, Load: spec.Load{Do: "cpu:1ms", Rate: 50, Abreast: 50, Arriving: law, KeepAlive: true}}
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
	at := slices.Collect(attackOf(t, trial.Trial{Window: 200 * time.Second, Load: spec.Load{Do: "cpu:1ms", Rate: 1, Arriving: spec.Jittered}}, 1).Schedule)
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
	one := trial.Trial{Window: time.Second, Load: spec.Load{Do: "wait:1ms", Rate: 10}}
	if target := attackOf(t, one, 1).Targets[0]; target.Method != "" || len(target.Body) > 0 {
		t.Errorf("a GET is %+v", target)
	}
	one.Load.Post = true
	if target := attackOf(t, one, 1).Targets[0]; target.Method != http.MethodPost || len(target.Body) == 0 || !strings.HasSuffix(target.URL, "/task?do=wait%3A1ms") {
		t.Errorf("a POST is %+v", target)
	}
}

// A burst beside a load that is warmed up begins with that load's window.
func TestABurstBesideALoadIsNotWarmedUp(t *testing.T) {
	one := trial.Trial{Window: time.Second, Load: spec.Load{Do: "cpu:1ms", Rate: 10}, Hog: spec.Load{Do: "wait:1s", Burst: 2}}
	parts, err := one.Deal(one.Hog, 1, trial.Draws{}, "hog ")
	if err != nil {
		t.Fatal(err)
	}
	a := attack(one, "http://h:1", one.Hog, parts[0], trial.Draws{}, "hog ")
	if a.Warmup != 0 || parts[0].At[0] != one.WarmUp() || a.Duration != one.WarmUp()+time.Second {
		t.Errorf("warm-up %v, first at %v, window %v", a.Warmup, parts[0].At[0], a.Duration)
	}
}

// What is asked of a server depends on seed, block and load, and on nothing of the server.
func TestAllServersOfABlockAreAskedForTheSame(t *testing.T) {
	asked := func(s spec.Server, seed uint64) (all []string) {
		one := trial.Trial{Server: s, Window: time.Second, Load: spec.Load{Do: "cpu:1ms,wait:exp(20ms)", Rate: 200, Arriving: spec.Exponential}}
		a := attackOf(t, one, seed)
		for at := range a.Schedule {
			all = append(all, at.String())
		}
		for _, target := range a.Targets {
			all = append(all, target.URL)
		}
		return all
	}
	one, other := spec.Server{Class: "sync", Workers: 4}, spec.Server{Class: "gthread", Workers: 1, Threads: 8}
	if !slices.Equal(asked(one, 1), asked(other, 1)) {
		t.Error("two servers of a block are asked for different things")
	}
	if slices.Equal(asked(one, 1), asked(one, 2)) {
		t.Error("another seed asks for the same")
	}
	d := trial.Draws{Seed: 1, Block: 2}
	seeds := []uint64{d.SeedFor("a"), d.SeedFor("b"), trial.Draws{Seed: 1, Block: 3}.SeedFor("a"), trial.Draws{Seed: 2, Block: 2}.SeedFor("a")}
	for i, s := range seeds {
		if slices.Index(seeds, s) != i {
			t.Errorf("seeds %x: purpose, block and session all matter", seeds)
		}
	}
	if d.SeedFor("a") != (trial.Draws{Seed: 1, Block: 2}).SeedFor("a") {
		t.Error("a seed cannot be repeated")
	}
}

// What a model is told that clients send is what the generator sends.
func TestSendsAreTheGenerators(t *testing.T) {
	open := trial.Random(spec.Server{Class: "sync", Workers: 4}, trial.Quick)
	sends, err := open.Sends(3, 1)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := open.Deal(open.Load, 1, trial.Draws{Seed: 3, Block: 1}, "")
	if err != nil {
		t.Fatal(err)
	}
	sent := attack(open, "http://server", open.Load, parts[0], trial.Draws{Seed: 3, Block: 1}, "")
	if got := slices.Collect(sent.Schedule); !slices.Equal(got, sends.At) || len(got) == 0 {
		t.Errorf("sent at %v, told %v", got, sends.At)
	}
	if len(sent.Targets) != len(sends.Do) || sent.Targets[5].URL != target(open.Load, "http://server", sends.Do[5]).URL {
		t.Errorf("%d demands sent, %d told", len(sent.Targets), len(sends.Do))
	}
	if sends.WarmUp != sent.Warmup || sends.Patience != 10*time.Second || sends.Think != nil {
		t.Errorf("%+v", sends)
	}
	if other, err := open.Sends(3, 2); err != nil || slices.Equal(other.At, sends.At) {
		t.Errorf("another block is sent the same (%v)", err)
	}

	closed := trial.Trial{Server: spec.Server{Class: "sync", Workers: 1}, Load: spec.Load{Do: "wait:1ms", Clients: 2, Think: time.Second, Thinking: spec.Exponential}, Window: time.Second}
	sends, err = closed.Sends(3, 1)
	if err != nil || sends.At != nil || !slices.Equal(sends.Do, []string{"wait:1ms"}) {
		t.Fatalf("%+v, %v", sends, err)
	}
	think := attack(closed, "", closed.Load, trial.Requests{}, trial.Draws{Seed: 3, Block: 1}, "").Think
	for range 3 {
		if a, b := sends.Think(), think(); a != b {
			t.Errorf("clients think for %v, told %v", b, a)
		}
	}
}
