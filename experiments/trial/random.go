package trial

import (
	"time"

	"github.com/workerlab/workerlab/models/spec"
)

// RandomDo is a request that waits for an exponential time, the kind for which queueing theory is
// exact, and RandomRate is how many a second keep four servers of one request each busy 70 % of the
// time: 20 ms, and the fraction of one that each costs beside it.
const (
	RandomDo   = "wait:exp(20ms)"
	RandomRate = 136
	RandomWait = 20 * time.Millisecond
)

// Random is a server that can serve four requests at once under a load of strangers: they arrive at
// random, each on a connection of its own, whatever became of those before.
func Random(s spec.Server, p Profile) Trial {
	return Trial{
		Server: s, Place: Pin, Load: spec.Load{Do: RandomDo, Rate: RandomRate, Arriving: spec.Exponential},
		Window: Pick(p, 500*time.Millisecond, 2*time.Second, 5*time.Second, 5*time.Second),
		Group:  "accept", Blocks: Pick(p, 1, 3, 6, 20),
	}
}
