package trial

import (
	"testing"
	"time"
)

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
		if got := (Trial{Server: c.server, Load: c.load}).Capacity(); got != c.want {
			t.Errorf("%+v under %+v holds %d, want %d", c.server, c.load, got, c.want)
		}
	}
}

func TestStepsThatRunTogetherTakeTheLongestOfThem(t *testing.T) {
	var plan Plan
	for block := range 2 {
		for w := 1; w <= 3; w++ {
			plan = append(plan, Step{Trial: Trial{Server: Server{Workers: w}, Window: 10 * time.Second, Group: "h", Together: true}, Block: block})
		}
	}
	if got, most := plan.Estimate(), 2*(plan[2].Trial.Estimate()+3*starting); got != most {
		t.Errorf("estimate %v, want that of two batches, %v", got, most)
	}
}
