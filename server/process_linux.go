package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/gil"
	"github.com/workerlab/workerlab/server/scoreboard"
	"github.com/workerlab/workerlab/server/task"
)

// An AppFactory makes the app in a worker process, on the thread that lives as long as the process.
type AppFactory func(AppHost) (App, error)

// An AppHost is what a worker process lends to its app.
type AppHost struct {
	Settings Settings
	Memory   []byte // the app memory; nil: none was asked for
	// Preloaded is the name of the app as loaded in the arbiter; empty: the worker loads it.
	Preloaded string
	Errors    io.Writer   // the error log, for what programs of the app write to stderr
	Died      func(error) // for the app to say that it can serve no more: the worker ends and is replaced
}

// An App is what a worker serves.
type App struct {
	Handler exchange.Handler
	Close   func() // called when the worker has drained; nil: there is nothing to close
}

// IsWorker reports whether this process was started as a worker.
func IsWorker() bool { return os.Getenv(workerVariable) != "" }

// RunWorker is the life of a worker process. It returns the process's exit code: 0 after a drain, 3 if
// it could not boot, 4 if the app could not be loaded, 1 for anything else. Signals may end the
// process without a return, as the death of the arbiter does.
func RunWorker(classes map[string]Worker, app AppFactory) int {
	runtime.LockOSThread() // children of the app's die with the thread that made them
	p := &process{}
	if err := p.boot(classes); err != nil {
		p.complain("worker failed to boot", err)
		return exitBoot
	}
	if err := p.load(app); err != nil {
		p.complain("the app failed to load", err)
		if p.child() {
			p.apologize()
		}
		return exitApp
	}
	if err := p.serve(); err != nil {
		p.complain("worker failed", err)
		return 1
	}
	if p.died.Load() {
		return 1
	}
	return 0
}

// A process is a worker process.
type process struct {
	todo   assignment
	page   *scoreboard.Page
	log    *logs
	env    *Env
	class  Worker
	memory []byte
	app    App

	died     atomic.Bool // the app can serve no more
	draining atomic.Bool
	drain    context.CancelFunc
	ctx      context.Context
}

func (p *process) complain(what string, err error) {
	if p.log == nil {
		fmt.Fprintln(os.Stderr, "workerlab:", what+":", err)
		return
	}
	p.log.Error(what, "error", err)
}

// child reports whether the process was made for one connection.
func (p *process) child() bool { return p.todo.Connection != 0 }

// boot takes over what the arbiter, or the worker, has left for us.
func (p *process) boot(classes map[string]Worker) error {
	err := json.Unmarshal([]byte(os.Getenv(workerVariable)), &p.todo)
	if err != nil {
		return fmt.Errorf("%s: %w", workerVariable, err)
	}
	if err := os.Unsetenv(workerVariable); err != nil {
		return err
	}
	for _, fd := range append([]int{p.todo.Board, p.todo.Life, p.todo.Boots, p.todo.Memory, p.todo.Connection}, p.todo.Listeners...) {
		unix.CloseOnExec(fd)
	}
	_ = os.WriteFile("/proc/self/comm", []byte("workerlab"), 0) // ps would show "exe"
	go func() {
		awaitEOF(p.todo.Life)
		os.Exit(1) // the arbiter is gone: nobody would reap, replace or stop us
	}()
	board, err := scoreboard.Open(p.todo.Board)
	if err != nil {
		return err
	}
	p.page = board.Page(p.todo.Slot)
	if !p.child() {
		p.page.PID.Store(int64(os.Getpid()))
	}
	p.ctx, p.drain = context.WithCancel(context.Background())
	if p.log, err = openLogs(&p.todo.Settings); err != nil {
		return err
	}
	p.watchSignals()
	if p.class = classes[p.todo.Settings.Class]; p.class == nil {
		return fmt.Errorf("worker class %q is not in this program", p.todo.Settings.Class)
	}
	if p.forks() {
		return nil
	}
	return p.fillMemory()
}

// forks reports whether the process is a worker that leaves its app to processes of its own.
func (p *process) forks() bool {
	_, forks := p.class.(Forker)
	return forks && !p.child()
}

// fillMemory does what importing an app would: memory and work. With preload the arbiter has done it.
func (p *process) fillMemory() (err error) {
	set := &p.todo.Settings
	if p.todo.Memory != 0 {
		p.memory, err = inheritMemory(p.todo.Memory)
		return err
	}
	if !set.Preload {
		task.Burner{Rate: set.CPURate}.Burn(set.Boot, nil)
	}
	p.memory, err = newMemory(set.AppMemory)
	return err
}

// load builds the app and what the class is lent.
func (p *process) load(app AppFactory) (err error) {
	set := p.todo.Settings
	p.env = &Env{
		Settings: set, Listeners: p.todo.Listeners, Connection: p.todo.Connection, Start: p.start, Page: p.page,
		Burner: task.Burner{Rate: set.CPURate}, Log: p.log.Logger,
	}
	if p.forks() {
		p.env.Conns, err = p.conns(nil) // its processes have the app
		return err
	}
	p.app, err = app(AppHost{Settings: set, Memory: p.memory, Preloaded: p.todo.Preloaded, Errors: p.log.output(set.LogFormat), Died: p.bury})
	if err != nil {
		return err
	}
	if set.GIL {
		p.env.Lock = gil.New(set.Switch, &p.page.LockTaken, &p.page.LockForced)
	}
	p.env.Conns, err = p.conns(p.app.Handler)
	return err
}

func (p *process) conns(handler exchange.Handler) (*exchange.Config, error) {
	set := &p.todo.Settings
	c := &exchange.Config{
		Handler: handler, Page: p.page, Limits: set.Limits, KeepAlive: spec.On(set.KeepAlive),
		HeaderTimeout: set.HeaderTimeout, Linger: set.Linger,
		MaxRequests: p.todo.MaxRequests, Fail: p.report,
	}
	c.Retire = func() { p.retire("max-requests") }
	if p.child() {
		c.Retire = func() {} // the worker counts with us, and retires
	}
	if p.log.access == nil {
		return c, nil
	}
	line, err := newAccessLog(set.AccessFormat, p.log.access)
	if err != nil {
		return nil, err
	}
	c.Log = line
	return c, nil
}

// report logs a handler's error.
func (p *process) report(x *exchange.Exchange, err error) {
	attrs := []any{"request", string(x.Req.Method) + " " + string(x.Req.Target), "error", err}
	var panicked *exchange.Panic
	if errors.As(err, &panicked) {
		attrs = append(attrs, "stack", newTrace(panicked.Stack))
	}
	p.log.Error("error handling request", attrs...)
}

// serve tells the arbiter that we have booted, and serves until the class has drained.
func (p *process) serve() error {
	runtime.GOMAXPROCS(p.class.Procs(p.todo.Settings))
	if p.child() {
		return p.run()
	}
	p.page.BootedAt.Store(int64(scoreboard.Clock()))
	p.page.Beat(scoreboard.Clock())
	p.page.State.CompareAndSwap(int64(scoreboard.Booting), int64(scoreboard.Serving))
	if _, err := unix.Write(p.todo.Boots, []byte(strconv.Itoa(os.Getpid())+"\n")); err != nil {
		return fmt.Errorf("telling the arbiter: %w", os.NewSyscallError("write", err))
	}
	return p.run()
}

func (p *process) run() error {
	err := p.class.Serve(p.ctx, p.env)
	if p.app.Close != nil {
		p.app.Close()
	}
	return err
}

// bury ends a worker whose app has died.
func (p *process) bury(err error) {
	p.log.Error("the app has died, and its worker ends", "error", err)
	p.died.Store(true)
	p.retire("the app has died")
}

// retire begins to drain. Who drains for longer than the graceful timeout gives up.
func (p *process) retire(why string) {
	if p.draining.Swap(true) {
		return
	}
	if p.child() {
		return // it ends with its connection
	}
	p.page.State.Store(int64(scoreboard.Draining))
	p.log.Debug("worker draining", "why", why)
	time.AfterFunc(p.todo.Settings.Graceful, func() {
		p.log.Warn("graceful timeout: requests abandoned", "in_flight", p.page.InFlight.Load())
		os.Exit(0)
	})
	p.drain()
}

func (p *process) watchSignals() {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, unix.SIGTERM, unix.SIGINT, unix.SIGQUIT, unix.SIGABRT, unix.SIGUSR1)
	// For the arbiter alone, but a terminal sends them to all of us.
	signal.Ignore(unix.SIGHUP, unix.SIGUSR2, unix.SIGWINCH, unix.SIGTTIN, unix.SIGTTOU)
	go func() {
		for sig := range signals {
			p.obey(sig)
		}
	}()
}

func (p *process) obey(sig os.Signal) {
	switch sig {
	case unix.SIGTERM:
		if scoreboard.State(p.page.State.Load()) == scoreboard.Booting {
			os.Exit(0) // nothing has been accepted
		}
		p.retire("signal")
	case unix.SIGINT, unix.SIGQUIT:
		os.Exit(0)
	case unix.SIGABRT:
		p.log.Error("worker aborted: it was silent for too long", "stacks", stacks())
		os.Exit(1) // as gunicorn's worker_abort
	case unix.SIGUSR1:
		if err := p.log.Reopen(); err != nil {
			p.log.Error("cannot reopen the logs", "error", err)
		}
	}
}

// stacks shows where every goroutine stands, which is what whoever finds a worker aborted asks next.
func stacks() trace {
	buf := make([]byte, maxTrace+1)
	return newTrace(buf[:runtime.Stack(buf, true)])
}

// awaitEOF waits until every other end of a pipe is closed. It holds no thread: the descriptor is
// non-blocking, so the runtime polls it.
func awaitEOF(fd int) {
	f := os.NewFile(uintptr(fd), "life")
	defer func() { _ = f.Close() }()
	var b [1]byte
	for {
		if _, err := f.Read(b[:]); err != nil {
			return
		}
	}
}
