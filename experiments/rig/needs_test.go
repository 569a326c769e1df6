package rig

import (
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
)

func TestNeedsAreThoseOfTheHungriestBatch(t *testing.T) {
	plan := trial.Plan{
		{Trial: trial.Trial{Server: spec.Server{Workers: 8, AppMemory: 32 << 20}, Load: spec.Load{Clients: 8}}},
		{Trial: trial.Trial{Server: spec.Server{Workers: 1, Backlog: 5000}, Load: spec.Load{Burst: 5000}}},
	}
	n := Needs(plan)
	if want := uint64(generatorMemory + 9*(32<<20+processMemory)); n.Memory != want {
		t.Errorf("memory %d, want %d: that of eight workers and their arbiter", n.Memory, want)
	}
	if n.Files != 5000+otherFiles || n.Backlog != 5000 {
		t.Errorf("%d files, backlog %d, want those of the burst", n.Files, n.Backlog)
	}
	one := Needs(plan)
	together := append(trial.Plan(nil), plan...)
	for i := range together {
		together[i].Trial.Together = true
	}
	if n := Needs(together); n.Memory <= one.Memory || n.Files <= one.Files {
		t.Errorf("at the same time they need no more: %+v", n)
	}
}

// An open load has as many connections as its trial is carried out with, not as many as there could be.
func TestNeedsOfAnOpenLoad(t *testing.T) {
	for _, load := range []spec.Load{{Rate: 10}, {Rate: 100}, {Rate: 10_000}, {Rate: 100, Timeout: time.Second}} {
		want := trial.Connections(load) + otherFiles
		if n := Needs(trial.Plan{{Trial: trial.Trial{Load: load}}}); n.Files != want || n.Backlog != 2048 {
			t.Errorf("%v needs %+v, want %d files", load, n, want)
		}
	}
	lone := trial.Trial{Load: spec.Load{Burst: 1}, Hog: spec.Load{Do: trial.BystanderDo, Rate: 10}, Slow: trial.Slow{Clients: 3}}
	if n, want := Needs(trial.Plan{{Trial: lone}}), 1+125+3+otherFiles; n.Files != want {
		t.Errorf("a lone request beside ten a second, whose clients wait 10 s, and three slow ones: %d files, want %d", n.Files, want)
	}
}
