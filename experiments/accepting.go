package experiments

import (
	"math"
	"time"

	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results"
)

// RandomDo is a request that waits for an exponential time, the kind for which queueing theory is
// exact, and RandomRate is how many a second keep four servers of one request each busy 70 % of the
// time: 20 ms, and the fraction of one that each costs beside it.
const (
	RandomDo   = "wait:exp(20ms)"
	RandomRate = 136
	randomWait = 20 * time.Millisecond
)

// Random is a server that can serve four requests at once under a load of strangers: they arrive at
// random, each on a connection of its own, whatever became of those before.
func Random(s Server, p Profile) Trial {
	return Trial{
		Server: s, Place: Pin, Load: Load{Do: RandomDo, Rate: RandomRate, Arriving: Exponential},
		Window: Pick(p, 500*time.Millisecond, 2*time.Second, 5*time.Second, 5*time.Second),
		Group:  "accept", Blocks: Pick(p, 1, 3, 6, 20),
	}
}

// RandomQueue is what queueing theory makes of the runs of Random on four sync workers: one queue with
// the arrivals that there were, served by four for as long as a request waits and computes. It is
// false without a run that tells.
func RandomQueue(t results.Table) (q queueing.Open, ok bool) {
	rates := Rates(t)
	computing := t.Valid().Values("cpu_per_request")
	if len(rates) == 0 || len(computing) == 0 {
		return q, false
	}
	service := randomWait + Seconds(Average(computing))
	return queueing.Open{Rate: Average(rates), Service: service, Servers: 4}, true
}

// Rates are those at which requests arrived in a table's valid runs, a second.
func Rates(t results.Table) (rates []float64) {
	for _, r := range t.Valid() {
		if r.Duration > 0 {
			rates = append(rates, float64(r.Planned)/r.Duration.Seconds())
		}
	}
	return rates
}

// MeanResponse is the mean response time of the run's answers in seconds.
func MeanResponse(r *results.Record) (seconds float64, ok bool) {
	if r.Response.Count() == 0 {
		return 0, false
	}
	seconds = r.Response.Mean() / float64(time.Second/time.Microsecond)
	return seconds, seconds > 0 && !math.IsInf(seconds, 0)
}

// MeanResponses are those of the table's valid runs, in seconds.
func MeanResponses(t results.Table) (seconds []float64) {
	valid := t.Valid()
	for i := range valid {
		if mean, ok := MeanResponse(&valid[i]); ok {
			seconds = append(seconds, mean)
		}
	}
	return seconds
}
