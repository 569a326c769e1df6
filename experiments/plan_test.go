package experiments

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
)

func trialsOf(workers ...int) func(trial.Profile) []trial.Trial {
	return func(trial.Profile) []trial.Trial {
		var all []trial.Trial
		for _, w := range workers {
			all = append(all, trial.Trial{Server: spec.Server{Class: "sync", Workers: w}, Window: time.Second, Group: "a", Blocks: 3})
		}
		return all
	}
}

func TestPlanSharesEqualTrials(t *testing.T) {
	first := Experiment{ID: "first", Trials: trialsOf(1, 2)}
	second := Experiment{ID: "second", Trials: func(p trial.Profile) []trial.Trial {
		shared := trialsOf(2)(p)
		shared[0].Blocks, shared[0].Group = 5, "b" // neither is part of what a trial is
		return append(shared, trialsOf(4)(p)...)
	}}
	plan := NewPlan([]Experiment{first, second}, trial.Quick, 7)
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
	plan := NewPlan(e, trial.Quick, 42)
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
	if !reflect.DeepEqual(plan, NewPlan(e, trial.Quick, 42)) {
		t.Error("the same seed gives another plan")
	}
	if reflect.DeepEqual(plan, NewPlan(e, trial.Quick, 43)) {
		t.Error("another seed gives the same plan")
	}
}

func TestPlanKeepsGroupsTogether(t *testing.T) {
	e := Experiment{ID: "e", Trials: func(p trial.Profile) []trial.Trial {
		all := trialsOf(1, 2, 3, 4)(p)
		all[1].Group, all[3].Group = "b", "b"
		return all
	}}
	changes := 0
	plan := NewPlan([]Experiment{e}, trial.Quick, 1)
	for i := 1; i < len(plan); i++ {
		if !plan[i-1].Beside(plan[i]) {
			changes++
		}
	}
	if changes != 5 { // three blocks of two groups
		t.Errorf("group or block changes %d times, want 5", changes)
	}
}
