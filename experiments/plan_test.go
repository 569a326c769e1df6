package experiments

import (
	"reflect"
	"slices"
	"testing"
	"time"
)

func trialsOf(workers ...int) func(Profile) []Trial {
	return func(Profile) []Trial {
		var all []Trial
		for _, w := range workers {
			all = append(all, Trial{Server: Server{Class: "sync", Workers: w}, Window: time.Second, Group: "a", Blocks: 3})
		}
		return all
	}
}

func TestPlanSharesEqualTrials(t *testing.T) {
	first := Experiment{ID: "first", Trials: trialsOf(1, 2)}
	second := Experiment{ID: "second", Trials: func(p Profile) []Trial {
		shared := trialsOf(2)(p)
		shared[0].Blocks, shared[0].Group = 5, "b" // neither is part of what a trial is
		return append(shared, trialsOf(4)(p)...)
	}}
	plan := NewPlan([]Experiment{first, second}, Quick, 7)
	runs := make(map[int]int)
	for _, s := range plan {
		runs[s.Trial.Server.Workers]++
		if s.Trial.Server.Workers == 2 && !slices.Equal(s.Users, []string{"first", "second"}) {
			t.Errorf("the shared trial is used by %v", s.Users)
		}
	}
	if want := map[int]int{1: 3, 2: 5, 4: 3}; !reflect.DeepEqual(runs, want) {
		t.Errorf("runs by workers %v, want %v", runs, want)
	}
	if n := plan.Trials(); n != 3 {
		t.Errorf("%d trials, want 3", n)
	}
}

func TestPlanIsBlockedRandomAndRepeatable(t *testing.T) {
	e := []Experiment{{ID: "e", Trials: trialsOf(1, 2, 3, 4, 5, 6, 7, 8)}}
	plan := NewPlan(e, Quick, 42)
	var orders [][]int
	for block := range 3 {
		var order []int
		for i, s := range plan[block*8 : block*8+8] {
			if s.Block != block {
				t.Fatalf("run %d is of block %d, want %d: a block is through before the next begins", i, s.Block, block)
			}
			order = append(order, s.Trial.Server.Workers)
		}
		orders = append(orders, order)
		sorted := slices.Clone(order)
		slices.Sort(sorted)
		if !slices.Equal(sorted, []int{1, 2, 3, 4, 5, 6, 7, 8}) {
			t.Errorf("block %d holds %v: every cell once", block, order)
		}
	}
	if slices.Equal(orders[0], orders[1]) && slices.Equal(orders[1], orders[2]) {
		t.Errorf("all blocks run in the order %v", orders[0])
	}
	if !reflect.DeepEqual(plan, NewPlan(e, Quick, 42)) {
		t.Error("the same seed gives another plan")
	}
	if reflect.DeepEqual(plan, NewPlan(e, Quick, 43)) {
		t.Error("another seed gives the same plan")
	}
}

func TestPlanKeepsGroupsTogether(t *testing.T) {
	e := Experiment{ID: "e", Trials: func(p Profile) []Trial {
		all := trialsOf(1, 2, 3, 4)(p)
		all[1].Group, all[3].Group = "b", "b"
		return all
	}}
	changes := 0
	plan := NewPlan([]Experiment{e}, Quick, 1)
	for i := 1; i < len(plan); i++ {
		if !beside(plan[i-1], plan[i]) {
			changes++
		}
	}
	if changes != 5 { // three blocks of two groups
		t.Errorf("group or block changes %d times, want 5", changes)
	}
}

func TestKeyTellsTrialsApart(t *testing.T) {
	base := Trial{Server: Server{Class: "gthread", Workers: 1}, Load: Load{Do: "cpu:1ms", Clients: 4}, Window: time.Second}
	if one := (Trial{Server: Server{Class: "gthread", Workers: 1, Threads: 1}, Load: base.Load, Window: base.Window}); one.Key() != base.Key() {
		t.Error("no threads and one thread are the same server")
	}
	keys := map[string]string{base.Key(): "the base"}
	for name, change := range map[string]func(*Trial){
		"class":       func(t *Trial) { t.Server.Class = "sync" },
		"workers":     func(t *Trial) { t.Server.Workers = 2 },
		"threads":     func(t *Trial) { t.Server.Threads = 2 },
		"gil":         func(t *Trial) { t.Server.GIL = true },
		"app memory":  func(t *Trial) { t.Server.AppMemory = 1 },
		"connections": func(t *Trial) { t.Server.Connections = 1 },
		"place":       func(t *Trial) { t.Place = Share },
		"do":          func(t *Trial) { t.Load.Do = "cpu:2ms" },
		"clients":     func(t *Trial) { t.Load.Clients = 5 },
		"think":       func(t *Trial) { t.Load.Think = 1 },
		"rate":        func(t *Trial) { t.Load.Rate = 1 },
		"burst":       func(t *Trial) { t.Load.Burst = 1 },
		"over":        func(t *Trial) { t.Load.Over = 1 },
		"keep-alive":  func(t *Trial) { t.Load.KeepAlive = true },
		"timeout":     func(t *Trial) { t.Load.Timeout = 1 },
		"hog":         func(t *Trial) { t.Hog.Do = "cpu:1s" },
		"hog clients": func(t *Trial) { t.Hog.Clients = 1 },
		"hog think":   func(t *Trial) { t.Hog.Think = 1 },
		"window":      func(t *Trial) { t.Window = 2 * time.Second },
		"memory":      func(t *Trial) { t.Memory = Settled },
		"event":       func(t *Trial) { t.Event = Killed },
		"twin":        func(t *Trial) { t.Twin = true },
	} {
		trial := base
		change(&trial)
		if other, taken := keys[trial.Key()]; taken {
			t.Errorf("changing %s gives the key of %s", name, other)
		}
		keys[trial.Key()] = "a change of " + name
	}
	for name, value := range base.Cell() {
		switch value.(type) {
		case string, bool, int, int64, float64:
		default:
			t.Errorf("axis %s is a %T, which no record can hold", name, value)
		}
	}
}

func TestCapacityNeverExceedsTheServer(t *testing.T) {
	for _, c := range []struct {
		server Server
		load   Load
		want   int
	}{
		{Server{Class: "sync", Workers: 4}, Load{Burst: 100}, 4},
		{Server{Class: "sync", Workers: 8}, Load{Clients: 8}, 8},
		{Server{Class: "gthread", Workers: 2, Threads: 4}, Load{Clients: 20}, 8},
		{Server{Class: "gthread", Workers: 2}, Load{Clients: 20}, 2},
		{Server{Class: "gevent", Workers: 1}, Load{Burst: 5000}, 5000},
		{Server{Class: "tornado", Workers: 2}, Load{Clients: 5}, 2},
	} {
		if got := (Trial{Server: c.server, Load: c.load}).capacity(); got != c.want {
			t.Errorf("%+v under %+v holds %d, want %d", c.server, c.load, got, c.want)
		}
	}
}
