package trial

import (
	"time"

	"github.com/workerlab/workerlab/models/spec"
)

// RandomDo is a request that waits for an exponential time, RandomWait on average, the kind for which queueing
// theory is exact. RandomRate is how many a second keep RandomRoom servers of one request each busy for
// RandomLoad of the time: with the wait, and the fraction of a millisecond that each costs besides.
const (
	RandomDo   = "wait:exp(20ms)"
	RandomWait = 20 * time.Millisecond
	RandomRate = 136
	RandomRoom = 4
	RandomLoad = 0.7
)

// Random is a server that can serve RandomRoom requests at once under a load of strangers: they arrive at
// random, each on a connection of its own, whatever became of those before.
func Random(s spec.Server, p Profile) Trial {
	return Trial{
		Server: s, Place: Pin, Load: spec.Load{Do: RandomDo, Rate: RandomRate, Arriving: spec.Exponential},
		Window: Pick(p, 500*time.Millisecond, 2*time.Second, 5*time.Second, 5*time.Second),
		Group:  "accept", Blocks: Pick(p, 1, 3, 6, 20),
	}
}
