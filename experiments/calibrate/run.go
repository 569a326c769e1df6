package calibrate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/loadgen"
	"github.com/workerlab/workerlab/loadgen/arrival"
	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/results/text"
	"github.com/workerlab/workerlab/server/proc"
)

// A Server is a deployment that answers.
type Server struct {
	URL     string // http://127.0.0.1:PORT
	Size    capacity.Size
	socket  string          // of the Unix domain, dialled instead; "": none
	pid     int             // the arbiter
	process *launch.Process // nil: not started by us
	idle    float64         // cores that it uses while we ask for nothing
}

// WarmUp goes before each run's window, under the same load.
const WarmUp = time.Second

const (
	bootLimit = 60 * time.Second // a deployment may have much to import
	tries     = 3                // of a run that does not count
)

// Start starts the command in a size and waits until it answers on all paths.
func Start(ctx context.Context, c Command, s capacity.Size, paths ...string) (*Server, error) {
	addr, err := launch.FreeAddr()
	if err != nil {
		return nil, err
	}
	args := c.sized(s, addr)
	program, err := exec.LookPath(args[0])
	if err != nil {
		return nil, fmt.Errorf("start the deployment: %w", err)
	}
	log := &launch.LastLines{}
	p, err := launch.Cores{}.Start(launch.Program{
		Name: strings.Join(args, " "), Path: program, Args: args, Dir: c.Dir, Env: c.Env, Log: log, Quit: syscall.SIGINT,
	})
	if err != nil {
		return nil, err
	}
	server := &Server{URL: "http://" + addr, Size: s, pid: p.PID, process: p}
	if err := server.await(ctx, paths[0]); err != nil {
		return nil, p.Failed(err)
	}
	for _, path := range paths[1:] {
		if err := server.answers(ctx, path); err != nil {
			return nil, p.Failed(err)
		}
	}
	if err := server.listens(addr); err != nil {
		return nil, p.Failed(err)
	}
	return server, nil
}

// listens makes sure that it is our server that answers, and not one that took the address before it.
func (s *Server) listens(addr string) error {
	inodes, err := proc.Listeners("tcp", addr)
	if err != nil {
		return err
	}
	holders, _, err := proc.Holders(inodes)
	if err != nil {
		return err
	}
	tree, err := proc.Tree(s.pid)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(holders, func(pid int) bool { return slices.Contains(tree, pid) }) {
		return fmt.Errorf("%s is in use by another program: start the plan again", addr)
	}
	return nil
}

// Stop ends the server and all its processes.
func (s *Server) Stop() error { return s.process.Stop() }

// await asks until the deployment answers with anything but a failure of its own.
func (s *Server) await(ctx context.Context, path string) error {
	const pause = 20 * time.Millisecond
	return s.process.Until(ctx, pause, bootLimit, func(ctx context.Context) (bool, error) {
		err := s.answers(ctx, path)
		if errors.As(err, new(*statusError)) {
			return false, err
		}
		return err == nil, nil
	})
}

// A statusError is an answer that says itself that it is none.
type statusError struct {
	path   string
	status int
}

// Error implements error.
func (e *statusError) Error() string {
	return fmt.Sprintf("GET %s answers %d: a plan of error pages is no plan; name a path that it serves (--path)", e.path, e.status)
}

// answers asks once, and returns a statusError where the answer is none. Redirects are not followed.
func (s *Server) answers(ctx context.Context, path string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path, nil)
	if err != nil {
		return err
	}
	transport := &http.Transport{DisableKeepAlives: true}
	if s.socket != "" {
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", s.socket)
		}
	}
	client := http.Client{Timeout: bootLimit, Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode >= http.StatusBadRequest {
		return &statusError{path, response.StatusCode}
	}
	return nil
}

// A Load is what is put on a deployment.
type Load struct {
	Paths   []string
	Weights []float64
	Clients int     // of a closed loop …
	Rate    float64 // … or requests/s that arrive at random
	Window  time.Duration
	Seed    uint64

	Hogs    int    // further clients in a closed loop, which do not count …
	HogPath string // … and ask for this
}

// Measure puts a load on the server. A run that its generator or the host spoiled is made again, at most
// twice; then the error says what spoiled it.
func (s *Server) Measure(ctx context.Context, l Load) (capacity.Run, error) {
	var spoiled error
	for range tries {
		run, invalid, err := s.measure(ctx, l)
		if err != nil || len(invalid) == 0 {
			return run, err
		}
		spoiled = errors.New(strings.Join(invalid, "; "))
	}
	return capacity.Run{}, fmt.Errorf("%v under %s does not count, and was tried %d times: %w", s.Size, l, tries, spoiled)
}

// String is the load in few words.
func (l Load) String() string {
	if l.Clients > 0 {
		return text.Count(l.Clients, "client")
	}
	return fmt.Sprintf("%.4g requests/s", l.Rate)
}

func (s *Server) measure(ctx context.Context, l Load) (capacity.Run, []string, error) {
	a := loadgen.Attack{
		Clients: l.Clients, Warmup: WarmUp, Duration: l.Window, Timeout: 30 * time.Second, SharedCores: true, Seed: l.Seed,
		Socket: s.socket,
	}
	for i, path := range l.Paths {
		a.Targets = append(a.Targets, loadgen.Target{URL: s.URL + path, Weight: l.Weights[i]})
	}
	if l.Clients == 0 {
		a.Schedule, a.Connections = arrival.Poisson(l.Rate, l.Seed), 1000
	}
	used, err := s.meter()
	if err != nil {
		return capacity.Run{}, nil, err
	}
	began, pacer := time.Now(), pace()
	report, err := s.run(ctx, a, l)
	took, pacing := pacer.end()
	if err != nil {
		return capacity.Run{}, nil, err
	}
	pacing = time.Duration(float64(pacing) * l.Window.Seconds() / time.Since(began).Seconds())
	cpu, err := used()
	if err != nil {
		return capacity.Run{}, nil, err
	}
	memory, err := proc.TreeMemory(s.pid)
	if err != nil {
		return capacity.Run{}, nil, err
	}
	h := report.Service
	if l.Clients == 0 {
		h = report.Response
	}
	at := func(q float64) time.Duration { return time.Duration(h.ValueAtQuantile(q)) * time.Microsecond }
	run := capacity.Run{
		Class: s.Size.Class, Workers: s.Size.Workers, Threads: s.Size.Threads, Clients: l.Clients, Rate: l.Rate,
		Throughput: report.Throughput, CPU: cpu / time.Duration(max(1, report.Total)),
		Mean: micros(h.Mean()), P50: at(50), P95: at(95), P99: at(99), PSS: memory.PSS,
		Generator: max(0, report.GeneratorCPU-pacing) / time.Duration(max(1, report.Completed)), Pace: took, Law: law(h),
	}
	return run, append(report.Invalid, failures(report)...), nil
}

// run makes the attack, beside the load's hogs if it has any.
func (s *Server) run(ctx context.Context, a loadgen.Attack, l Load) (*loadgen.Report, error) {
	if l.Hogs == 0 {
		return a.Run(ctx)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	hogs := a
	hogs.Clients, hogs.Schedule, hogs.Connections = l.Hogs, nil, 0
	hogs.Targets = []loadgen.Target{{URL: s.URL + l.HogPath, Weight: 1}}
	var failed error
	var beside sync.WaitGroup
	beside.Go(func() { _, failed = hogs.Run(ctx) })
	report, err := a.Run(ctx)
	cancel() // the hogs are of no use any more
	beside.Wait()
	if errors.Is(failed, context.Canceled) {
		failed = nil
	}
	return report, errors.Join(err, failed)
}

// law is how the times of a histogram are spread (capacity.Run.Law).
func law(h *hdrhistogram.Histogram) []float64 {
	const points = 200
	mean := h.Mean()
	if mean <= 0 {
		return nil
	}
	all, sum := make([]float64, points), 0.0
	for i := range all {
		all[i] = float64(h.ValueAtQuantile(100*(float64(i)+0.5)/points)) / mean
		sum += all[i] / points
	}
	for i := range all {
		all[i] /= sum // its mean is 1, however long the tail beyond the last point
	}
	return all
}

// meter begins to count the CPU time of all the server's processes, those included that end meanwhile, and returns
// what tells it, without what the server uses when nobody asks.
func (s *Server) meter() (used func() (time.Duration, error), err error) {
	read := func() (time.Duration, error) {
		reaped, err := proc.ReapedCPU(s.pid)
		if err != nil {
			return 0, err
		}
		living, err := proc.TreeUsage(s.pid)
		return reaped + living.CPU, err
	}
	began := time.Now()
	before, err := read()
	return func() (time.Duration, error) {
		after, err := read()
		return max(0, after-before-time.Duration(s.idle*float64(time.Since(began)))), err
	}, err
}

func micros(us float64) time.Duration { return time.Duration(math.Round(us * 1e3)) }

// failures says where more than one request in a hundred failed: a calibration of errors is none.
func failures(r *loadgen.Report) []string {
	const most = 0.01
	if r.Completed+r.Failed == 0 {
		return []string{"no request was answered"}
	}
	if float64(r.Failed) <= most*float64(r.Sent) {
		return nil
	}
	var kinds []string
	for kind, n := range r.Failures {
		kinds = append(kinds, fmt.Sprintf("%d × %s", n, kind))
	}
	return []string{fmt.Sprintf("%d of %d requests failed (%s)", r.Failed, r.Sent, strings.Join(kinds, ", "))}
}
