package des_test

import (
	"fmt"
	"time"

	"github.com/workerlab/workerlab/models/des"
	"github.com/workerlab/workerlab/models/queueing"
)

// The queue M/M/2 at 80 %, simulated until its mean wait is known to 5 %, and beside it Erlang's formula.
func ExampleReplications() {
	const mean, rate, customers = 10 * time.Millisecond, 160, 20_000
	goal := des.Goal{Confidence: 0.95, Relative: 0.05, Least: 5, Most: 50}
	estimates, err := des.Replications([]des.Goal{goal}, func(replication uint64) ([]float64, error) {
		return []float64{meanResponse(des.Streams{Seed: 1, Replication: replication}, mean, rate, customers)}, nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	exact := queueing.Open{Rate: rate, Service: mean, Servers: 2}.Response()
	fmt.Printf("known to 5 %%: %t, and holds %.1f ms: %t\n", estimates[0].Relative() <= 0.05, 1e3*exact, estimates[0].Holds(exact))
	// Output:
	// known to 5 %: true, and holds 27.8 ms: true
}

// meanResponse is one replication: customers arrive at random, and an event brings each next one.
func meanResponse(streams des.Streams, mean time.Duration, rate float64, customers int32) float64 {
	var sim des.Sim
	var sum time.Duration
	arrived := make([]time.Duration, customers)
	queue := des.NewQueue(&sim, 2, 0, func(customer int32) { sum += sim.Now() - arrived[customer] })
	gaps, services := streams.For("arrivals"), streams.For("demands")
	var arrive des.Action
	arrive = sim.Register(func(customer int32) {
		arrived[customer] = sim.Now()
		queue.Arrive(customer, time.Duration(float64(mean)*services.ExpFloat64()))
		if customer+1 < customers {
			sim.After(time.Duration(gaps.ExpFloat64()/rate*1e9), arrive, customer+1)
		}
	})
	sim.At(0, arrive, 0)
	sim.Run(time.Hour)
	return sum.Seconds() / float64(customers)
}
