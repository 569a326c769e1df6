package experiments

import (
	"slices"
	"testing"
	"time"

	"github.com/workerlab/workerlab/results"
)

// What a model is told that clients send is what the generator sends.
func TestSendsAreTheGenerators(t *testing.T) {
	open := Random(Server{Class: "sync", Workers: 4}, Quick)
	sends, err := open.Sends(3, 1)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := open.deal(open.Load, 1, draws{3, 1}, "")
	if err != nil {
		t.Fatal(err)
	}
	attack := open.attack("http://server", open.Load, parts[0], draws{3, 1}, "")
	if got := slices.Collect(attack.Schedule); !slices.Equal(got, sends.At) || len(got) == 0 {
		t.Errorf("sent at %v, told %v", got, sends.At)
	}
	if len(attack.Targets) != len(sends.Do) || attack.Targets[5].URL != open.Load.target("http://server", sends.Do[5]).URL {
		t.Errorf("%d demands sent, %d told", len(attack.Targets), len(sends.Do))
	}
	if sends.WarmUp != attack.Warmup || sends.Patience != 10*time.Second || sends.Think != nil {
		t.Errorf("%+v", sends)
	}
	if other, err := open.Sends(3, 2); err != nil || slices.Equal(other.At, sends.At) {
		t.Errorf("another block is sent the same (%v)", err)
	}

	closed := Trial{Server: Server{Class: "sync", Workers: 1}, Load: Load{Do: "wait:1ms", Clients: 2, Think: time.Second, Thinking: Exponential}, Window: time.Second}
	sends, err = closed.Sends(3, 1)
	if err != nil || sends.At != nil || !slices.Equal(sends.Do, []string{"wait:1ms"}) {
		t.Fatalf("%+v, %v", sends, err)
	}
	think := closed.attack("", closed.Load, requests{}, draws{3, 1}, "").Think
	for range 3 {
		if a, b := sends.Think(), think(); a != b {
			t.Errorf("clients think for %v, told %v", b, a)
		}
	}
}

func TestDemands(t *testing.T) {
	got, err := Demands("cpu:1ms,wait:exp(20ms),touch:0.5")
	want := []Demand{{"cpu", time.Millisecond, false}, {"wait", 20 * time.Millisecond, true}, {"touch", 0, false}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := Demands("wait:exp(soon)"); err == nil {
		t.Error("a demand without a mean is taken")
	}
}

// Records that were not measured decide nothing, whatever they say.
func TestOnlyWhatWasMeasuredCounts(t *testing.T) {
	one := Trial{Server: Server{Class: "sync", Workers: 1}, Load: Load{Do: "cpu:1ms", Clients: 8}, Window: time.Second, Group: "g", Blocks: 3}
	other := one
	other.Twin = true
	e := Experiment{
		ID: "e", Trials: func(Profile) []Trial { return []Trial{one, other} },
		Judge: func(t results.Table) results.Verdict { return results.Verdict{ID: "e", Runs: len(t)} },
	}
	run := func(t Trial, origin string, block int, throughput float64) results.Record {
		r := results.Record{Trial: t.Key(), Cell: t.Cell(), Repetition: block, Look: 1, Origin: origin, System: Ours, Try: 1}
		r.Set("throughput", throughput, "requests/s")
		return r
	}
	var table results.Table
	for block := range 3 {
		for _, origin := range []string{results.Simulated, results.Predicted} {
			table = append(table, run(one, origin, block, 100), run(other, origin, block, 150+float64(block)))
		}
	}
	plan := NewPlan([]Experiment{e}, Quick, 1)
	if v := Verdicts([]Experiment{e}, table)[0]; v.Runs != 0 {
		t.Errorf("judged on %d runs", v.Runs)
	}
	if c := Controls(table); len(c) != 0 {
		t.Errorf("A/A pairs of %+v", c)
	}
	if left := plan.Remaining(table, 1); len(left) != len(plan) {
		t.Errorf("%d of %d runs are left to do", len(left), len(plan))
	}
	measured := append(table, run(one, results.Measured, 0, 100))
	if v := Verdicts([]Experiment{e}, measured)[0]; v.Runs != 1 {
		t.Errorf("judged on %d runs, one was measured", v.Runs)
	}
	if left := plan.Remaining(measured, 1); len(left) != len(plan)-1 {
		t.Errorf("%d of %d runs are left to do", len(left), len(plan))
	}
}
