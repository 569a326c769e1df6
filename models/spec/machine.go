package spec

import "time"

// A Machine is what the server runs on.
type Machine struct {
	Cores     int       // that the server has; 0: 1
	Somaxconn int       // the most connections that the kernel lets wait; 0: as many as the server asks for
	Scheduler Scheduler // how cores are given out
	// Bias is how unequal workers are in the race for a connection: the standard deviation of the logarithm of
	// their weights. 0: as was found for so many workers on so many cores; Fair: all are alike.
	Bias float64
}

// Fair is the bias of a race in which all workers are alike.
const Fair = -1

// A Scheduler says how cores are given out to whoever can run.
type Scheduler int

// The schedulers.
const (
	Kernel Scheduler = iota // a queue for each core, as Linux has them
	Ideal                   // all cores are shared equally at every instant, as queueing theory has it
)

// An Overhead is work that the server and its clients do besides what a request asks for, on a core.
type Overhead struct {
	Request      time.Duration `yaml:"request"`      // for each request, half before the app is called and half after
	Outside      time.Duration `yaml:"outside"`      // for each request, before all that, without the interpreter lock
	Connection   time.Duration `yaml:"connection"`   // for each connection
	Wake         time.Duration `yaml:"wake"`         // of a worker that is told of a connection, got or not
	Acquisitions int           `yaml:"acquisitions"` // of the interpreter lock by a request, beside those after its waits; 0: one
	// Client is work of the clients for each request on the server's cores: a load generator beside it. 0: they
	// have cores of their own.
	Client time.Duration `yaml:"client"`
}
