package rig

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/experiments/trial"
)

// A Software is what a trial's server may be an instance of: our own program, gunicorn, a web server in
// front of it.
type Software interface {
	// Name is what it is called in records and on the command line.
	Name() string
	// Version is what is installed; where something is missing, a *NotInstalledError says what.
	Version(context.Context) (string, error)
	// Supports says what of the trial it cannot do, and nothing where it can do all of it.
	Supports(trial.Trial) error
	// Server is an instance for the trial, not yet started.
	Server(trial.Trial, launch.Cores) System
}

// A NotInstalledError says what of a software is missing.
type NotInstalledError struct {
	Name     string
	Missing  []string // programs and libraries
	Packages []string // of Debian that have them
}

// Error implements error.
func (e *NotInstalledError) Error() string {
	return fmt.Sprintf("%s is not installed (no %s): %s, or make real", e.Name, strings.Join(e.Missing, ", "), e.Command())
}

// Command installs it.
func (e *NotInstalledError) Command() string {
	return "sudo apt-get install " + strings.Join(e.Packages, " ")
}

// An AppSoftware hosts an application of its own, which has to learn how fast this host runs it.
type AppSoftware interface {
	Software
	// Calibrate measures the rounds of work that the application does in a millisecond of an idle core.
	Calibrate(context.Context, launch.Cores) (float64, error)
}

// A System can be put to the test: our server, another one, an address.
type System interface {
	// Start returns once the system answers. What it started is gone again when it fails.
	Start(ctx context.Context) (*Running, error)
}

// Running is a system that answers.
type Running struct {
	URL    string        // http://127.0.0.1:PORT
	Socket string        // of the Unix domain that is dialled instead; "": none
	PID    int           // the process that is told to reload: the root of the workers' tree
	Beside []int         // the roots of further trees: of a web server in front
	Took   time.Duration // from its start until it was ready
	Stop   func() error  // ends it and all its processes; safe to call twice

	// Board reads the counts of its workers. It touches no worker. nil: nobody counts.
	Board func(context.Context) ([]Worker, error)
	// Tree says that there are more processes than the roots and the workers on the board, which come and
	// go: they are found by their parents, and what a request takes is what all of them take.
	Tree bool
	// Workers are the processes that serve, of which it is read what one has of memory for itself. nil: nobody knows
	// them.
	Workers func() []int
	// Idle are the cores that it uses while nobody asks for anything, which are not its requests' work.
	Idle float64
	// Meters are the CPU times of whole trees, by their roots, whose processes nobody waits for when they end:
	// of CGI scripts. Those of other trees are in their parents' accounts.
	Meters map[int]func() (time.Duration, error)
	// Changes are the starts and ends of its workers so far, in order. nil: it does not tell.
	Changes func() []Change
}

// roots are the roots of all its process trees.
func (r *Running) roots() []int { return append([]int{r.PID}, r.Beside...) }

// A Change is a worker's start, when it begins to serve, or its end.
type Change struct {
	PID   int
	Ended bool
	At    time.Time
}

// A Worker is a row of the scoreboard.
type Worker struct {
	Pod              int     `json:"-"` // which of several servers
	Slot             int     `json:"slot"`
	PID              int     `json:"pid"` // 0: a process for each request
	State            string  `json:"state"`
	Requests         uint64  `json:"requests"` // begun
	Connections      int     `json:"connections"`
	InFlight         int     `json:"in_flight"` // requests begun and not yet answered
	LockAcquisitions uint64  `json:"lock_acquisitions"`
	BusySeconds      float64 `json:"busy_seconds"`
}

// Serving is the state of a worker that accepts connections, as the scoreboard spells it.
const Serving = "serving"

// Scoreboard reads the workers' counts; there are none where nobody counts.
func (r *Running) Scoreboard(ctx context.Context) ([]Worker, error) {
	if r.Board == nil {
		return nil, nil
	}
	workers, err := r.Board(ctx)
	if err != nil {
		return nil, fmt.Errorf("scoreboard of %s: %w", r.URL, err)
	}
	return workers, nil
}

// boardLimit is how long an answer may take that needs no worker.
const boardLimit = 5 * time.Second

// webBoard is the scoreboard at an address of `workerlab serve`. It fails where the arbiter keeps silent
// for five seconds.
func webBoard(address string) func(context.Context) ([]Worker, error) {
	return func(ctx context.Context) ([]Worker, error) {
		ctx, cancel := context.WithTimeout(ctx, boardLimit)
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return nil, err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return nil, err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("%s: %s", address, response.Status)
		}
		var board struct {
			Workers []Worker `json:"workers"`
		}
		if err := json.NewDecoder(response.Body).Decode(&board); err != nil {
			return nil, fmt.Errorf("%s: %w", address, err)
		}
		return board.Workers, nil
	}
}

// total adds up what f reads of each worker.
func total[N int | uint64 | float64](workers []Worker, f func(Worker) N) (sum N) {
	for _, w := range workers {
		sum += f(w)
	}
	return sum
}
