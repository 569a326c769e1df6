package launch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	startLimit = 20 * time.Second // for all workers to boot
	stopLimit  = 3 * time.Second  // for a server to end by itself once it was told to
)

// Cores are where programs are started, and how fast they are.
type Cores struct {
	CPUs    []int   // the cores they have
	CPURate float64 // rounds of work a millisecond, as in task.Burner
	AppRate float64 // the same of an application of another software (AppSoftware)

	on func(cpus []int, f func() error) error
}

// On runs f on a thread that has these cores only, and so have the children that f starts. On the
// zero value it is whichever thread this is.
func (b Cores) On(f func() error) error {
	if b.on == nil {
		return f()
	}
	return b.on(b.CPUs, f)
}

// A Program is what a system starts as a child process.
type Program struct {
	Name string // in errors
	Path string
	Args []string // the program's name first
	Env  []string // beside our own
	Dir  string
	Log  Tail           // takes what it writes on stderr
	Quit syscall.Signal // tells it to end at once
	// Metered has the CPU time of it and of all that it starts counted by the kernel: for one that does not
	// wait for its children, so that nobody else has an account of them.
	Metered bool
}

// A Tail takes what a program writes, and tells the last of it.
type Tail interface {
	Write(p []byte) (int, error)
	Tail() string
}

// A Process is a Program that runs, with all that it started: they are one process group.
type Process struct {
	Program
	PID    int
	Began  time.Time
	exited chan error // has its end once, which whoever takes it puts back
	stop   func() error
	// CPU is the time used so far by it and by all that it started, where that is Metered; else nil.
	CPU     func() (time.Duration, error)
	unmeter func() error
}

// Stop asks the program to end at once and after a while makes sure: then it returns a *StopError. Whatever
// happens, no process of its group is left. It is safe to call twice.
func (p *Process) Stop() error { return p.stop() }

// A StopError says that a program did not end when it was told to, and was killed with its process group.
type StopError struct {
	Program string
	Limit   time.Duration // that it had
	Tail    string        // its last lines
}

// Error implements error.
func (e *StopError) Error() string {
	return fmt.Sprintf("%s did not stop within %v and was killed, with all that it had started; its last lines:\n%s", e.Program, e.Limit, e.Tail)
}

// Failed stops the program and says what came of it, with its last words.
func (p *Process) Failed(why error) error {
	return fmt.Errorf("%s: %w", p.Name, errors.Join(why, p.Stop()))
}

// Exited is the error of a program that has ended, and nil while it runs.
func (p *Process) Exited() error {
	select {
	case err := <-p.exited:
		p.exited <- err
		return p.early(err)
	default:
		return nil
	}
}

// Ready waits until a program says that it is ready, which closes a channel. It fails as Until does.
func (p *Process) Ready(ctx context.Context, ready <-chan struct{}) error {
	ctx, cancel := context.WithTimeoutCause(ctx, startLimit, errNotReady)
	defer cancel()
	select {
	case <-ready:
		return nil
	case err := <-p.exited:
		p.exited <- err // for whoever stops it
		return p.early(err)
	case <-ctx.Done():
		return fmt.Errorf("%w; its last lines:\n%s", context.Cause(ctx), p.Log.Tail())
	}
}

var errNotReady = fmt.Errorf("not ready after %v", startLimit)

// early says that the program ended when it should not have.
func (p *Process) early(err error) error {
	if err == nil {
		err = errors.New("exit status 0")
	}
	return fmt.Errorf("ended before it was ready (%w); its last lines:\n%s", err, p.Log.Tail())
}

// Until looks again and again, with a pause between, until the program is ready. It fails with ready and
// with a program that ends, and after the limit, with the program's last lines.
func (p *Process) Until(ctx context.Context, pause, limit time.Duration, ready func(context.Context) (bool, error)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("not ready after %v", limit))
	defer cancel()
	for {
		if err := p.Exited(); err != nil {
			return err
		}
		if is, err := ready(ctx); is || err != nil {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return fmt.Errorf("%w; its last lines:\n%s", context.Cause(ctx), p.Log.Tail())
		}
	}
}

// FreeAddr is an address on loopback that nobody has now.
func FreeAddr() (string, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// Probe asks once whether the server answers.
func Probe(ctx context.Context, url string) error {
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/", nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("readiness probe: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("readiness probe: %s answers %s", url, response.Status)
	}
	return nil
}

// LastLines keep the last lines of a log.
type LastLines struct {
	Each func(line string) // if not nil, is given every line, one after the other

	mu      sync.Mutex
	partial []byte
	last    []string
}

// Write implements io.Writer. It never fails.
func (l *LastLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.partial = append(l.partial, p...)
	for {
		line, rest, found := bytes.Cut(l.partial, []byte("\n"))
		if !found {
			return len(p), nil
		}
		l.partial = rest
		l.add(string(line))
	}
}

// Tail implements Tail.
func (l *LastLines) Tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.last) == 0 {
		return "(none)"
	}
	return strings.Join(l.last, "\n")
}

func (l *LastLines) add(line string) {
	const keep = 8
	l.last = append(l.last, line)
	l.last = l.last[max(0, len(l.last)-keep):]
	if l.Each != nil {
		l.Each(line)
	}
}
