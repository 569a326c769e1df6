package wsgi

import (
	"io"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/gateway"
)

// Options say what to run, and how.
type Options struct {
	App     string   // module:callable, see CheckApp
	Threads int      // of a worker, that serve requests at the same time
	Workers int      // processes, which the application may want to know (wsgi.multiprocess)
	Python  string   // the interpreter
	Path    []string // goes first into sys.path

	// Greenlets is the package whose coroutines make the application yield, gevent or eventlet; "": none.
	Greenlets string

	// Trusted are the addresses of clients that may say by X-Forwarded-Proto that the request came to them
	// by https; "*": all.
	Trusted []string
	Errors  io.Writer       // what the interpreter writes to stderr, wsgi.errors included
	Died    func(err error) // called once if the interpreter ends by itself
	PID     int             // of this process

	// Nursery is the name of the Nursery to fork the interpreter from; empty: start one.
	Nursery string
}

func (o *Options) order(owner int) order {
	return order{App: o.App, Path: o.Path, Greenlets: o.Greenlets, Threads: o.Threads, Workers: o.Workers, Owner: owner}
}

// An App is a WSGI application with its interpreter.
type App struct {
	o       Options
	python  *interpreter
	closing atomic.Bool

	mu   sync.Mutex // a worker's threads share the channels
	idle []*channel // the one used last comes last: it is the warmest
}

// New starts an interpreter and waits until it has loaded the application. It must be called by the
// thread that lives as long as the process, see the package comment.
func New(o Options) (*App, error) {
	if err := CheckApp(o.App); err != nil {
		return nil, err
	}
	python, err := o.interpreter()
	if err != nil {
		return nil, err
	}
	a := &App{o: o, python: python}
	go func() {
		<-python.ended
		if !a.closing.Load() {
			o.Died(python.failure())
		}
	}()
	return a, nil
}

func (o *Options) interpreter() (*interpreter, error) {
	if o.Nursery != "" {
		return adopt(o.Nursery, o.PID)
	}
	return start(o.Python, o.order(o.PID), o.Errors)
}

// Serve is the application as a handler.
func (a *App) Serve(x *exchange.Exchange) error {
	c, err := a.take(x)
	if err != nil {
		return gateway.Failed(err)
	}
	if err := c.exchange(x); err != nil {
		c.Close()
		return err
	}
	a.give(c)
	return nil
}

func (a *App) take(x *exchange.Exchange) (*channel, error) {
	if c := a.last(); c != nil {
		return c, nil
	}
	c, err := openChannel(x, a.python.address)
	if err != nil {
		return nil, err
	}
	c.environ.trusted = a.trusts
	return c, nil
}

// last takes the channel that was used last; nil: none is idle.
func (a *App) last() *channel {
	a.mu.Lock()
	defer a.mu.Unlock()
	last := len(a.idle) - 1
	if last < 0 {
		return nil
	}
	c := a.idle[last]
	a.idle = a.idle[:last]
	return c
}

func (a *App) give(c *channel) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.idle = append(a.idle, c)
}

// trusts reports whether x's client may say by which scheme its own came. That of a unix socket may.
func (a *App) trusts(x *exchange.Exchange) bool {
	client, _ := x.Client()
	if server, _ := x.Server(); server == "" && client == "" {
		return true
	}
	return slices.Contains(a.o.Trusted, client) || slices.Contains(a.o.Trusted, "*")
}

// Close ends the interpreter. No exchange may be under way.
func (a *App) Close() {
	a.closing.Store(true)
	for _, c := range a.idle {
		c.Close()
	}
	a.python.stop()
}
