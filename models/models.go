// Package models describes a worker model without its real worker: its name, its traits, its text and its
// theory.
// It builds everywhere; the real workers need Linux and stand beside the theory, in the folder of each
// model, as worker_linux.go.
package models

import (
	"time"

	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/models/spec"
)

// A Workload is what is asked of a server.
type Workload struct {
	CPU     time.Duration // mean work on a core a request, everything included (service demand)
	Wait    time.Duration // mean time off the cores a request
	CPUCV   float64       // of the work, from request to request: standard deviation over mean
	WaitCV  float64       // of the waits
	Waits   int           // between which the work is done; 1 where there is one
	Clients int           // of a closed loop without think time; 0: it is not closed
	Rate    float64       // requests/s of an open loop, arriving at random; 0: it is not open
}

// A Prediction is what a closed form says: the throughput at saturation, what sets it, and under an open
// load how long a request takes on average.
type Prediction struct {
	Throughput float64 // requests/s
	Limit      string  // "cores", "workers", "lock" or "clients"
	// Response is the mean response time in seconds of an open load; 0 where the load is closed, and +Inf
	// from Throughput on, where the queue never settles.
	Response float64
}

// A Discipline is what a worker of a class does with connections and requests: all that a simulation needs
// to know of it (package sim).
type Discipline struct {
	// Slots is how many requests a worker serves at once; 0: all that it holds.
	Slots int
	// Holds is how many connections it accepts, whether it can serve them or not; 0: it accepts one when it
	// is idle.
	Holds int
	// Turn is how many connections it accepts at a time; 0: all that wait.
	Turn int
	Lock Lock
	// Blocks says that a request's waits hold the loop: its app does not await.
	Blocks bool
	// Keeps says that it keeps connections between requests.
	Keeps bool
}

// A Lock says how the work of one worker's requests is ordered.
type Lock int

// The locks.
const (
	Free      Lock = iota // not at all: threads compute at the same time
	Switching             // an interpreter lock, handed on when somebody has waited for the switch interval
	Loop                  // a loop: one stretch of work after the other, none interrupted
)

// A Model is the descriptor of one worker class: its names, its traits, its text and its theory. Its real
// worker stands under the same name in catalog.Workers.
type Model struct {
	Name    string   // gunicorn's name of the class
	Aliases []string // further names that it has had
	Doc     string   // what it does, in prose: the doc.go of its folder
	Traits

	// Predict is the throughput at saturation, and what else the closed forms say, of a filled server on so
	// many cores. It is exact where a job holds its server through work and waits, and a bound for the
	// event-driven classes.
	Predict func(w Workload, s spec.Server, cores int) Prediction
	// Discipline is what a worker of a filled server does in virtual time.
	Discipline func(spec.Server) Discipline
}

// Traits are what others have to know of a class to start it, to host an application under it, and to plan
// with it.
type Traits struct {
	Threads   bool   // a worker has several threads, which an interpreter lock orders
	Awaits    bool   // its application is awaited in the loop, so a WSGI application cannot be
	Greenlets string // the package whose coroutines make a blocking application yield; "": none
	Ours      bool   // gunicorn has no such class
	Processes bool   // requests have processes of their own, which come and go
	Python    string // the name of gunicorn's Python class; "": it is not asked for by that
	// Threaded is the class that it becomes where several threads are asked for (gunicorn, config.py:
	// worker_class); "": it stays what it is, and has one.
	Threaded string
}

// Open adds to a prediction the response time of an open load that is dealt at random to so many equal
// pools, each of which serves at most size requests at once and computes on so many cores.
func (p Prediction) Open(w Workload, pools, size int, net queueing.Closed) Prediction {
	if w.Rate > 0 {
		p.Response = queueing.Pool{Rate: w.Rate / float64(pools), Size: size, Net: net}.Settles().Response
	}
	return p
}

// Queue adds to a prediction the response time of an open load that is dealt at random to so many workers,
// each a loop that does one stretch of work after the other: a request waits behind the others' work to
// begin, and again after each of its waits. That overstates by some per cent: who comes back from a wait
// does not stand behind connections that are not yet accepted.
func (p Prediction) Queue(w Workload, workers, cores int) Prediction {
	if w.Rate > 0 {
		net := Apart(w, workers, cores)
		wait := queueing.General{Rate: w.Rate / float64(workers), Service: net.CPU, CV: w.CPUCV, Servers: 1}.Wait()
		p.Response = (net.CPU + net.Wait).Seconds() + float64(1+w.Waits)*wait
	}
	return p
}

// Apart is the network of one of several workers whose work is done one after the other: it has a core, or
// its part of one where there are fewer cores than workers.
func Apart(w Workload, workers, cores int) queueing.Closed {
	slow := max(1, float64(workers)/float64(cores))
	return queueing.Closed{CPU: time.Duration(float64(w.CPU) * slow), Wait: w.Wait, Cores: 1}
}

// Closed is the throughput of a pool in which at most pool requests are under way, each alternating
// between its wait and a share of the cores (see package queueing).
func Closed(w Workload, cores, pool int) Prediction {
	jobs, limit := pool, "workers"
	if w.Clients > 0 && w.Clients < pool {
		jobs, limit = w.Clients, "clients"
	}
	net := queueing.Closed{CPU: w.CPU, Wait: w.Wait, Cores: cores}
	if float64(jobs) >= net.Knee() {
		limit = "cores"
	}
	return Prediction{Throughput: net.Throughput(jobs), Limit: limit}
}
