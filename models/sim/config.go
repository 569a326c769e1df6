package sim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/workerlab/workerlab/loadgen/arrival"
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/des"
	"github.com/workerlab/workerlab/server/task"
)

// A Config is a server.
type Config struct {
	models.Discipline
	Workers int
	Cores   int

	Switch       time.Duration // the lock's switch interval; 0: CPython's 5 ms
	Acquisitions int           // of the lock by a request, beside those after its waits; 0: one
	Barging      float64       // share of the times that who asks for the lock gets it before the first in the queue
	Backlog      int           // connections that may wait to be accepted; 0: any number
	KeepAlive    time.Duration // that an idle connection is kept; 0: not at all
	Timeout      time.Duration // silence after which a worker is killed; 0: none is
	MaxRequests  int           // after which a worker is replaced; 0: never
	Jitter       int           // up to so many more, drawn for each worker
	Boot         time.Duration // work of a worker before it serves

	// Work of the server itself, on a core.
	Wake    time.Duration // of a worker that is told of a connection, got or not
	Connect time.Duration // for each connection
	Request time.Duration // for each request, half before the app is called and half after
	Outside time.Duration // for each request, before all that, without the interpreter lock

	// Client is work of the clients for each request on the server's cores, half before the request
	// reaches the server and half after the answer: a load generator beside it on one machine. 0: clients
	// have cores of their own.
	Client time.Duration

	// Scheduler gives each core a queue of its own. nil: they are shared ideally.
	Scheduler *des.Scheduler

	// Bias says how unequal workers are in the race for a connection: the standard deviation of the
	// logarithm of their weights. 0: all are alike.
	Bias float64
}

// A Load is what clients do. Either Clients or Arrivals is set.
type Load struct {
	Clients  int                                       // a closed loop of so many …
	Think    func(*rand.Rand) time.Duration            // … who think between requests; nil: not at all
	Arrivals func(replication uint64) arrival.Schedule // an open loop: when requests are meant to be sent
	Initial  int                                       // requests of an open loop that are all sent at time 0, besides

	// Demands are the steps of the k-th request, to be read and not kept longer than the request is.
	Demands   func(k int, random *rand.Rand) []task.Step
	KeepAlive bool          // connections are used again
	Patience  time.Duration // after which a client gives up; 0: it does not

	// Background are further clients, each of which asks for BackgroundSteps again as soon as it has been answered,
	// from the beginning on and with a connection a request. They load the server and do not count.
	Background      int
	BackgroundSteps []task.Step

	WarmUp time.Duration // before the window …
	Window time.Duration // … in which requests count by their intended time
}

const (
	switchInterval = 5 * time.Millisecond // sys.getswitchinterval()
	scan           = time.Second          // in which the arbiter looks for silent workers
)

// check reports what cannot be simulated.
func (c Config) check(l Load) error {
	var faults []error
	for _, rule := range []struct {
		broken bool
		why    string
	}{
		{c.Workers < 1, fmt.Sprintf("%d workers: at least 1 is needed", c.Workers)},
		{c.Cores < 1, fmt.Sprintf("%d cores: at least 1 is needed", c.Cores)},
		{c.Holds == 0 && c.Slots < 1, "a worker that holds no connection and serves none"},
		{c.Wake < 0 || c.Connect < 0 || c.Request < 0 || c.Outside < 0 || c.Client < 0 || c.Boot < 0, "work that takes less than no time"},
		{c.Scheduler != nil && (c.Scheduler.Slice <= 0 || c.Scheduler.Balance < 0), "a scheduler without slices, or that looks in the past"},
		{(l.Clients > 0) == (l.Arrivals != nil), "a load is either of clients in a loop or of arrivals"},
		{l.Demands == nil, "a load without demands"},
		{l.Initial < 0 || l.Initial > 0 && l.Clients > 0, "requests at the beginning are of an open loop, and not fewer than none"},
		{l.Background < 0 || l.Background > 0 && len(l.BackgroundSteps) == 0, "a background load that asks for nothing"},
		{l.Window <= 0 || l.WarmUp < 0, fmt.Sprintf("a window of %v after %v", l.Window, l.WarmUp)},
	} {
		if rule.broken {
			faults = append(faults, errors.New("sim: "+rule.why))
		}
	}
	return errors.Join(faults...)
}
