package arrival_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/workerlab/workerlab/loadgen/arrival"
)

// A schedule yields the same offsets each time: so the same strangers meet every server that is compared.
func ExamplePoisson() {
	count := func(s arrival.Schedule) (n int, last time.Duration) {
		for at := range s {
			n, last = n+1, at
		}
		return n, last
	}
	minute := arrival.Until(arrival.Poisson(100, 1), time.Minute)
	n, last := count(minute)
	again, same := count(minute)
	fmt.Println(n > 5700 && n < 6300, n == again && last == same)
	// Output: true true
}

// What arrived once can be sent again: times of a log, one a line.
func ExampleReplay() {
	offsets, err := arrival.Parse(strings.NewReader("0\n0.25\n0.25\n1.5\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for at := range arrival.Replay(offsets) {
		fmt.Println(at)
	}
	// Output:
	// 0s
	// 250ms
	// 250ms
	// 1.5s
}
