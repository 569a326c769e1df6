package queueing_test

import (
	"fmt"
	"time"

	"github.com/workerlab/workerlab/models/queueing"
)

// What four workers that share one queue are worth, against four that have a queue each, at 70 % of what they can serve.
func ExampleOpen() {
	const service = 20 * time.Millisecond
	shared := queueing.Open{Rate: 140, Service: service, Servers: 4}
	apart := queueing.Open{Rate: 140. / 4, Service: service, Servers: 1}
	fmt.Printf("utilisation %.0f %%\n", 100*shared.Utilization())
	fmt.Printf("one queue: %.1f ms\n", 1e3*shared.Response())
	fmt.Printf("four: %.1f ms\n", 1e3*apart.Response())
	// Output:
	// utilisation 70 %
	// one queue: 27.1 ms
	// four: 66.7 ms
}

// Workers that compute 2.5 ms and wait 20 ms queue for their core long before it is always busy.
func ExampleClosed() {
	net := queueing.Closed{CPU: 2500 * time.Microsecond, Wait: 20 * time.Millisecond, Cores: 1}
	for _, workers := range []int{1, 4, 8, 16} {
		fmt.Printf("%2d workers: %3.0f/s\n", workers, net.Throughput(workers))
	}
	// Output:
	//  1 workers:  44/s
	//  4 workers: 170/s
	//  8 workers: 306/s
	// 16 workers: 398/s
}

// What became of the very jobs that came.
func ExampleFirstCome() {
	q, err := queueing.NewFirstCome(1)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, at := range []time.Duration{0, 5 * time.Millisecond, 50 * time.Millisecond} {
		wait, err := q.Wait(at, 20*time.Millisecond)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("at %v waits %v\n", at, wait)
	}
	// Output:
	// at 0s waits 0s
	// at 5ms waits 15ms
	// at 50ms waits 0s
}
