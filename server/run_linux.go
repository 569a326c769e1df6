package server

import (
	"bufio"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/server/scoreboard"
	"github.com/workerlab/workerlab/server/task"
)

// Parts are what a server is given and never imports.
type Parts struct {
	Classes map[string]Worker // by name
	Preload Preloader         // for --preload; nil: the app has nothing to load
	Monitor Monitor           // for --metrics-bind; nil: there are no metrics
}

// A Monitor answers questions about the board of a server of that class on l, which it owns, until it is closed.
type Monitor func(l net.Listener, board *scoreboard.Board, class string) io.Closer

// Run is the arbiter: it serves with settings set until a signal stops it, and returns nil after a
// stop by request, a *UsageError if it could not start, and an *ExitError if the workers could not.
// Its workers are this same program, executed anew; its main must hand over to RunWorker where
// IsWorker says so. A process runs one arbiter.
func Run(set Settings, parts Parts) (err error) {
	runtime.LockOSThread() // what is preloaded may die with the thread that made it
	defer runtime.UnlockOSThread()
	if err := set.Validate(names(parts.Classes)); err != nil {
		return err
	}
	h := &host{set: &set, program: thisProgram(), preloader: parts.Preload, monitor: parts.Monitor}
	defer func() { h.close() }()
	if err := h.open(); err != nil {
		return err
	}
	defer func() {
		if err == nil {
			h.log.Info("stopped")
		}
	}()
	return h.arbiter().run()
}

func names(classes map[string]Worker) []string {
	var list []string
	for name := range classes {
		list = append(list, name)
	}
	return list
}

// calibration is how long the host's speed is measured when it is not given.
const calibration = 100 * time.Millisecond

// A host is what the arbiter's process holds: sockets, shared memory, pipes, logs.
type host struct {
	set       *Settings
	program   program
	log       *logs
	board     *scoreboard.Board
	sockets   sockets
	preloader Preloader
	preloaded Preloaded
	memory    *sharedMemory // of --preload; nil: none
	life      [2]int        // a worker reads EOF once no arbiter holds the write end
	boots     [2]int        // a worker writes its process id once it serves
	legacy    *legacy       // what a predecessor left us; nil: there is none
	pidfile   pidfile
	monitor   Monitor
	metrics   io.Closer
	metricsFD int // of its listener; 0: none
	signals   chan os.Signal
	children  chan os.Signal
	rng       *rand.Rand
	arb       *arbiter
	reader    *bootReader
}

// open acquires everything, in the order in which failures are cheapest.
func (h *host) open() (err error) {
	if h.log, err = openLogs(h.set); err != nil {
		return err
	}
	if h.legacy, err = inheritLegacy(); err != nil {
		return err
	}
	if err := h.pidfile.create(h.pidPath()); err != nil {
		return err
	}
	h.watchSignals()
	if err := h.listen(); err != nil {
		return err
	}
	if h.board, err = scoreboard.Create(slots); err != nil {
		return err
	}
	if err := h.openPipes(); err != nil {
		return err
	}
	if h.set.CPURate == 0 {
		h.set.CPURate = task.Calibrate(calibration).Rate
	}
	h.log.Info("cpu rate", "rounds_per_ms", math.Round(h.set.CPURate))
	if err := h.preload(); err != nil {
		return err
	}
	return h.serveMetrics()
}

func (h *host) watchSignals() {
	h.signals = make(chan os.Signal, 64)
	h.children = make(chan os.Signal, 1)
	signal.Notify(h.signals, unix.SIGTERM, unix.SIGINT, unix.SIGQUIT, unix.SIGHUP, unix.SIGTTIN,
		unix.SIGTTOU, unix.SIGUSR1, unix.SIGUSR2, unix.SIGWINCH)
	signal.Notify(h.children, unix.SIGCHLD)
}

func (h *host) listen() error {
	h.sockets = sockets{set: h.set, left: h.legacy.sockets()}
	lanes := 1
	if h.set.ReusePort {
		lanes = h.set.Workers
	}
	for i := range lanes {
		if _, err := h.sockets.lane(i); err != nil {
			return err
		}
	}
	if err := h.sockets.settle(lanes); err != nil {
		return err
	}
	for _, s := range h.sockets.open {
		if s.Lane == 0 {
			h.log.Info("listening", "addr", s.URL(), "pid", os.Getpid(), "class", h.set.Class)
		}
	}
	return nil
}

// openPipes makes the pipes to the workers. The descriptors stay raw: a finalizer would close a file
// that nobody seems to use. The ends that workers read are non-blocking, for their poller.
func (h *host) openPipes() error {
	if err := unix.Pipe2(h.life[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		return os.NewSyscallError("pipe2", err)
	}
	if err := unix.Pipe2(h.boots[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		return os.NewSyscallError("pipe2", err)
	}
	return nil
}

// preload does once, in the arbiter, what every worker would do at boot, and shares the memory.
func (h *host) preload() (err error) {
	if !h.set.Preload {
		return nil
	}
	task.Burner{Rate: h.set.CPURate}.Burn(h.set.Boot, nil)
	if h.memory, err = newSharedMemory(h.set.AppMemory); err != nil || h.preloader == nil {
		return err
	}
	h.preloaded, err = h.preloader(AppHost{Settings: *h.set, Errors: h.log.output(h.set.LogFormat)})
	if err != nil {
		h.log.Error("the app failed to load", "error", err)
		return &ExitError{exitApp}
	}
	return nil
}

// A Preloader loads the app in the arbiter, once for all workers.
type Preloader func(AppHost) (Preloaded, error)

// Preloaded is an app so loaded.
type Preloaded struct {
	Name  string // for the workers' apps: AppHost.Preloaded
	Close func() // called when the arbiter ends; nil: there is nothing to close
}

func (h *host) serveMetrics() error {
	switch {
	case h.set.MetricsBind == "":
		return nil
	case h.monitor == nil:
		return misuse("--metrics-bind %s: this program has no metrics", h.set.MetricsBind)
	}
	l, err := h.metricsListener()
	if err != nil {
		return err
	}
	h.metrics = h.monitor(l, h.board, h.set.Class)
	h.log.Info("metrics", "addr", "http://"+l.Addr().String())
	return nil
}

func (h *host) arbiter() *arbiter {
	h.reader = newBootReader(h.boots[0])
	seed := uint64(time.Now().UnixNano())
	h.rng = rand.New(rand.NewPCG(seed, 1))
	h.arb = &arbiter{
		set: h.set, log: h.log.Logger, target: h.set.Workers,
		rng: rand.New(rand.NewPCG(seed, 2)),
		events: events{
			signals: h.signals, children: h.children, boots: h.reader.boots, predecessor: h.legacy.gone(),
		},
		system: system{
			clock:    scoreboard.Clock,
			spawn:    h.spawn,
			kill:     unix.Kill,
			reap:     reap,
			beat:     func(slot int) time.Duration { return time.Duration(h.board.Page(slot).LastBeat.Load()) },
			served:   func(slot int) int64 { return h.board.Page(slot).Requests.Load() },
			release:  h.board.Release,
			fit:      h.fit,
			drained:  h.sockets.drained,
			unlisten: h.unlisten,
			reopen:   h.log.Reopen,
			upgrade:  h.upgrade,
			promote:  h.promote,
		},
	}
	return h.arb
}

func (h *host) fit(wanted, used int) {
	if err := h.sockets.fit(wanted, used); err != nil {
		h.log.Error("cannot steer connections away from retired workers", "error", err)
	}
}

// reap collects one child of our own, never another's.
func reap(pid int) (status unix.WaitStatus, gone bool) {
	for {
		got, err := unix.Wait4(pid, &status, unix.WNOHANG, nil)
		if err == unix.EINTR {
			continue
		}
		return status, got == pid
	}
}

// unlisten closes our listeners; each closes for good once the last worker has dropped it. The file
// of a unix socket stays where another arbiter serves it.
func (h *host) unlisten() {
	h.sockets.close(!h.accompanied())
	if h.metrics != nil {
		_ = h.metrics.Close() // scrapes under way are cut off
		h.metrics = nil
	}
}

// accompanied reports whether another arbiter serves on our sockets: a successor, or the predecessor.
func (h *host) accompanied() bool {
	if h.arb == nil {
		return h.legacy != nil
	}
	return h.arb.successor != 0 || h.arb.predecessor != nil
}

func (h *host) close() {
	h.unlisten()
	if h.arb == nil || h.arb.successor == 0 {
		h.pidfile.remove()
	}
	if h.preloaded.Close != nil {
		h.preloaded.Close()
	}
	if h.signals != nil {
		signal.Stop(h.signals)
		signal.Stop(h.children)
	}
	if h.reader != nil {
		h.reader.close()
	}
	for _, fd := range []int{h.life[0], h.life[1], h.boots[1]} { // boots[0] is its reader's
		if fd != 0 {
			unix.Close(fd)
		}
	}
}

// A bootReader passes on the process ids that workers write, one a line.
type bootReader struct {
	boots chan int
	stop  chan struct{}
	done  chan struct{}
	pipe  *os.File
}

// newBootReader reads from a pipe's end, which it owns.
func newBootReader(fd int) *bootReader {
	r := &bootReader{
		boots: make(chan int), stop: make(chan struct{}), done: make(chan struct{}),
		pipe: os.NewFile(uintptr(fd), "boots"),
	}
	go r.run()
	return r
}

func (r *bootReader) run() {
	defer close(r.done)
	for lines := bufio.NewScanner(r.pipe); lines.Scan(); {
		pid, err := strconv.Atoi(lines.Text())
		if err != nil {
			continue
		}
		select {
		case r.boots <- pid:
		case <-r.stop:
			return
		}
	}
}

func (r *bootReader) close() {
	close(r.stop)
	_ = r.pipe.Close() // which ends a read
	<-r.done
}
