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
	"strings"
	"syscall"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/loadgen"
	"github.com/workerlab/workerlab/loadgen/arrival"
	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/server/proc"
)

// A Server is a deployment that answers.
type Server struct {
	URL     string // http://127.0.0.1:PORT
	Size    capacity.Size
	process *experiments.Process
}

// WarmUp goes before each run's window, under the same load.
const WarmUp = time.Second

const (
	bootLimit = 60 * time.Second // a deployment may have much to import
	tries     = 3                // of a run that does not count
)

// Start starts the command in a size and waits until path answers.
func Start(ctx context.Context, c Command, s capacity.Size, path string) (*Server, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	args := c.sized(s, addr)
	program, err := exec.LookPath(args[0])
	if err != nil {
		return nil, fmt.Errorf("start the deployment: %w", err)
	}
	log := &experiments.LastLines{}
	p, err := experiments.Bench{}.Start(experiments.Program{
		Name: strings.Join(args, " "), Path: program, Args: args, Dir: c.Dir, Env: c.Env, Log: log, Quit: syscall.SIGINT,
	})
	if err != nil {
		return nil, err
	}
	server := &Server{URL: "http://" + addr, Size: s, process: p}
	if err := server.await(ctx, path); err != nil {
		return nil, p.Failed(err)
	}
	return server, nil
}

// Stop ends the server and all its processes.
func (s *Server) Stop() error { return s.process.Stop() }

// await asks until the deployment answers with anything but a failure of its own.
func (s *Server) await(ctx context.Context, path string) error {
	const look = 20 * time.Millisecond
	ctx, cancel := context.WithTimeoutCause(ctx, bootLimit, fmt.Errorf("it does not answer after %v", bootLimit))
	defer cancel()
	for {
		if err := s.process.Exited(); err != nil {
			return err
		}
		status, err := ask(ctx, s.URL+path)
		switch {
		case err == nil && status < 400:
			return nil
		case err == nil:
			return fmt.Errorf("GET %s answers %d: name a path that it serves (--path)", path, status)
		}
		select {
		case <-time.After(look):
		case <-ctx.Done():
			return fmt.Errorf("%w; its last lines:\n%s", context.Cause(ctx), s.process.Log.Tail())
		}
	}
}

func ask(ctx context.Context, url string) (status int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	client := http.Client{Timeout: bootLimit, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// A Load is what is put on a deployment.
type Load struct {
	Paths   []string
	Weights []float64
	Clients int     // of a closed loop …
	Rate    float64 // … or requests/s that arrive at random
	Window  time.Duration
	Seed    uint64
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
		return fmt.Sprintf("%d clients", l.Clients)
	}
	return fmt.Sprintf("%.4g requests/s", l.Rate)
}

func (s *Server) measure(ctx context.Context, l Load) (capacity.Run, []string, error) {
	a := loadgen.Attack{
		Clients: l.Clients, Warmup: WarmUp, Duration: l.Window, Timeout: 30 * time.Second, SharedCores: true, Seed: l.Seed,
	}
	for i, path := range l.Paths {
		a.Targets = append(a.Targets, loadgen.Target{URL: s.URL + path, Weight: l.Weights[i]})
	}
	if l.Clients == 0 {
		a.Schedule, a.Connections = arrival.Poisson(l.Rate, l.Seed), 1000
	}
	before, err := proc.TreeUsage(s.process.PID)
	if err != nil {
		return capacity.Run{}, nil, err
	}
	report, err := a.Run(ctx)
	if err != nil {
		return capacity.Run{}, nil, err
	}
	after, err := proc.TreeUsage(s.process.PID)
	if err != nil {
		return capacity.Run{}, nil, err
	}
	memory, err := proc.TreeMemory(s.process.PID)
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
		Throughput: report.Throughput, CPU: (after.CPU - before.CPU) / time.Duration(max(1, report.Total)),
		Mean: micros(h.Mean()), Deviation: micros(h.StdDev()), P50: at(50), P95: at(95), P99: at(99), PSS: memory.PSS,
		Generator: report.GeneratorCPU / time.Duration(max(1, report.Completed)), Law: law(h),
	}
	return run, append(report.Invalid, failures(report)...), nil
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

func micros(us float64) time.Duration { return time.Duration(math.Round(us * 1e3)) }

// failures says where more than one request in a hundred failed: a calibration of errors is none.
func failures(r *loadgen.Report) []string {
	const most = 0.01
	if float64(r.Failed) <= most*float64(r.Sent) {
		return nil
	}
	var kinds []string
	for kind, n := range r.Failures {
		kinds = append(kinds, fmt.Sprintf("%d × %s", n, kind))
	}
	return []string{fmt.Sprintf("%d of %d requests failed (%s)", r.Failed, r.Sent, strings.Join(kinds, ", "))}
}
