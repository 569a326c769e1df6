package trial

import (
	"testing"
	"time"

	"github.com/workerlab/workerlab/models/spec"
)

func TestCapacityNeverExceedsTheServer(t *testing.T) {
	for _, c := range []struct {
		server spec.Server
		load   spec.Load
		want   int
	}{
		{spec.Server{Class: "sync", Workers: 4}, spec.Load{Burst: 100}, 4},
		{spec.Server{Class: "sync", Workers: 8}, spec.Load{Clients: 8}, 8},
		{spec.Server{Class: "gthread", Workers: 2, Threads: 4}, spec.Load{Clients: 20}, 8},
		{spec.Server{Class: "gthread", Workers: 2}, spec.Load{Clients: 20}, 2},
		{spec.Server{Class: "gevent", Workers: 1}, spec.Load{Burst: 5000}, 5000},
		{spec.Server{Class: "tornado", Workers: 2}, spec.Load{Clients: 5}, 2},
	} {
		if got := (Trial{Server: c.server, Load: c.load}).Capacity(); got != c.want {
			t.Errorf("%+v under %+v holds %d, want %d", c.server, c.load, got, c.want)
		}
	}
}

func TestStepsThatRunTogetherTakeTheLongestOfThem(t *testing.T) {
	var plan Plan
	for block := range 2 {
		for w := 1; w <= 3; w++ {
			plan = append(plan, Step{Trial: Trial{Server: spec.Server{Workers: w}, Window: 10 * time.Second, Group: "h", Together: true}, Block: block})
		}
	}
	if got, most := plan.Estimate(), 2*(plan[2].Trial.Estimate()+3*starting); got != most {
		t.Errorf("estimate %v, want that of two batches, %v", got, most)
	}
}
