package experiments

import (
	"testing"
	"time"
)

func TestNeedsAreThoseOfTheHungriestBatch(t *testing.T) {
	plan := Plan{
		{Trial: Trial{Server: Server{Workers: 8, AppMemory: 32 << 20}, Load: Load{Clients: 8}}},
		{Trial: Trial{Server: Server{Workers: 1, Backlog: 5000}, Load: Load{Burst: 5000}}},
	}
	n := plan.Needs()
	if want := uint64(generatorMemory + 9*(32<<20+processMemory)); n.Memory != want {
		t.Errorf("memory %d, want %d: that of eight workers and their arbiter", n.Memory, want)
	}
	if n.Files != 5000+otherFiles || n.Backlog != 5000 {
		t.Errorf("%d files, backlog %d, want those of the burst", n.Files, n.Backlog)
	}
	one := plan.Needs()
	together := append(Plan(nil), plan...)
	for i := range together {
		together[i].Trial.Together = true
	}
	if n := together.Needs(); n.Memory <= one.Memory || n.Files <= one.Files {
		t.Errorf("at the same time they need no more: %+v", n)
	}
}

// An open load has as many connections as its trial is carried out with, not as many as there could be.
func TestNeedsOfAnOpenLoad(t *testing.T) {
	for _, load := range []Load{{Rate: 10}, {Rate: 100}, {Rate: 10_000}, {Rate: 100, Timeout: time.Second}} {
		want := load.connections() + otherFiles
		if n := (Plan{{Trial: Trial{Load: load}}}).Needs(); n.Files != want || n.Backlog != defaultBacklog {
			t.Errorf("%v needs %+v, want %d files", load, n, want)
		}
	}
	lone := Trial{Load: Load{Burst: 1}, Hog: Load{Do: BystanderDo, Rate: 10}, Slow: Slow{Clients: 3}}
	if n, want := (Plan{{Trial: lone}}).Needs(), 1+125+3+otherFiles; n.Files != want {
		t.Errorf("a lone request beside ten a second, whose clients wait 10 s, and three slow ones: %d files, want %d", n.Files, want)
	}
}
