package experiments

import "testing"

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
	if n := (Plan{{Trial: Trial{Load: Load{Rate: 10}}}}).Needs(); n.Files != openLoop+otherFiles || n.Backlog != defaultBacklog {
		t.Errorf("an open loop needs %+v", n)
	}
}
