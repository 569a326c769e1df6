package experiments

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A System can be put to the test: our server, another one, an address.
type System interface {
	// Start returns once the system answers. What it started is gone again when it fails.
	Start(ctx context.Context) (*Running, error)
}

// Running is a system that answers.
type Running struct {
	URL   string        // http://127.0.0.1:PORT
	PID   int           // the root of its process tree
	Board string        // URL of its scoreboard; "": it has none
	Took  time.Duration // from its start until it was ready
	Stop  func() error  // ends it and all its processes; safe to call twice

	// Changes are the starts and ends of its workers so far, in order. nil: it does not tell.
	Changes func() []Change
}

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
	PID              int     `json:"pid"`
	State            string  `json:"state"`
	Requests         uint64  `json:"requests"` // begun
	Connections      int     `json:"connections"`
	InFlight         int     `json:"in_flight"` // requests begun and not yet answered
	LockAcquisitions uint64  `json:"lock_acquisitions"`
	BusySeconds      float64 `json:"busy_seconds"`
}

// boardLimit is how long an answer may take that needs no worker.
const boardLimit = 5 * time.Second

// Scoreboard reads the workers' counts. It touches no worker, and fails where the arbiter keeps silent
// for five seconds.
func (r *Running) Scoreboard(ctx context.Context) ([]Worker, error) {
	if r.Board == "" {
		return nil, fmt.Errorf("scoreboard of %s: %w", r.URL, errNoBoard)
	}
	ctx, cancel := context.WithTimeout(ctx, boardLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.Board, nil)
	if err != nil {
		return nil, fmt.Errorf("scoreboard: %w", err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("scoreboard: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("scoreboard %s: %s", r.Board, response.Status)
	}
	var board struct {
		Workers []Worker `json:"workers"`
	}
	if err := json.NewDecoder(response.Body).Decode(&board); err != nil {
		return nil, fmt.Errorf("scoreboard %s: %w", r.Board, err)
	}
	return board.Workers, nil
}

var errNoBoard = fmt.Errorf("the system has none")

// total adds up what f reads of each worker.
func total[N int | uint64 | float64](workers []Worker, f func(Worker) N) (sum N) {
	for _, w := range workers {
		sum += f(w)
	}
	return sum
}

// Args are the arguments of `workerlab serve` for the trial.
func (t Trial) Args(cpuRate float64) []string {
	args := t.Server.Args(cpuRate)
	if strings.Contains(t.Load.Do+","+t.Hog.Do, "leak:") {
		args = append(args, "--faults")
	}
	return args
}

// Args are the arguments of `workerlab serve` for the configuration.
func (s Server) Args(cpuRate float64) []string {
	args := []string{
		"serve", "-b", "127.0.0.1:0", "--metrics-bind", "127.0.0.1:0", "--log-format", "json",
		"-k", s.Class, "-w", strconv.Itoa(s.Workers), "--threads", strconv.Itoa(max(1, s.Threads)),
		"--cpu-rate", strconv.FormatFloat(cpuRate, 'f', -1, 64),
	}
	for _, option := range []struct {
		set         bool
		flag, value string
	}{
		{s.GIL, "--gil", ""},
		{s.Switch > 0, "--gil-switch-interval", s.Switch.String()},
		{s.AppMemory > 0, "--app-memory", strconv.FormatInt(s.AppMemory, 10)},
		{s.Preload, "--preload", ""},
		{s.Boot > 0, "--boot", s.Boot.String()},
		{s.Connections > 0, "--worker-connections", strconv.Itoa(s.Connections)},
		{s.Backlog > 0, "--backlog", strconv.Itoa(s.Backlog)},
		{s.Timeout != 0, "--timeout", orOff(s.Timeout)},
		{s.KeepAlive != 0, "--keep-alive", orOff(s.KeepAlive)},
		{s.MaxRequests > 0, "--max-requests", strconv.Itoa(s.MaxRequests)},
		{s.Jitter > 0, "--max-requests-jitter", strconv.Itoa(s.Jitter)},
		{s.ReusePort, "--reuse-port", ""},
		{s.Exclusive, "--exclusive", ""},
	} {
		if option.set {
			args = append(args, option.flag)
		}
		if option.set && option.value != "" {
			args = append(args, option.value)
		}
	}
	return args
}

// orOff spells Never as the command line does.
func orOff(d time.Duration) string {
	if d == Never {
		return "0"
	}
	return d.String()
}
