package server

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"
)

// A fake is an operating system in virtual time: processes that boot, serve, drain and die as told.
type fake struct {
	t     *testing.T
	start time.Time

	signals, children chan os.Signal
	boots             chan int
	gone              chan struct{} // the predecessor
	over              chan error    // what run returned
	stopped           bool

	mu      sync.Mutex
	live    map[int]*fakeProcess // started and not reaped
	spawned []*fakeProcess
	nextPID int
	trouble error // of spawn

	// behave is how the nth process (from 0) behaves; nil: it boots in 10 ms and serves.
	behave func(n int) behaviour

	unlistened time.Duration
	reopened   int
	upgrades   int
	successor  int // the last upgrade's process
	promoted   bool
	drainedAt  time.Duration // of every lane's backlog
	begin      func()        // starts the arbiter, once: when the script first lets it act, so that
	// what was said of workers before holds for the first of them too
	wanted, usedMost int // what fit was told last
}

// A behaviour is how a process lives. The zero behaviour hangs while booting.
type behaviour struct {
	boot   time.Duration // it serves after this; 0: never
	die    time.Duration // it exits by itself this long after its start; 0: never
	status unix.WaitStatus
	silent bool          // it beats only once, when it has booted
	drain  time.Duration // from SIGTERM to exit
	deaf   bool          // it ignores SIGABRT and SIGTERM
	serves int64         // requests it has served when it ends
}

var healthy = behaviour{boot: 10 * time.Millisecond}

// exits is the wait status of a process that ended with a code.
func exits(code int) unix.WaitStatus { return unix.WaitStatus(code << 8) }

type fakeProcess struct {
	behaviour
	pid, slot, lane int
	at, bootedAt    time.Duration
	dead            bool
	status          unix.WaitStatus
	got             []sent
}

type sent struct {
	sig unix.Signal
	at  time.Duration
}

// received is when a signal reached the process, or -1.
func (p fakeProcess) received(sig unix.Signal) time.Duration {
	for _, s := range p.got {
		if s.sig == sig {
			return s.at
		}
	}
	return -1
}

// play runs an arbiter over a fake in a bubble of virtual time, then stops it if it still runs.
func play(t *testing.T, change func(*Settings), script func(f *fake)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		newFake(t).run(change, script)
	})
}

func (f *fake) run(change func(*Settings), script func(f *fake)) {
	f.t.Helper()
	set := Defaults()
	set.Workers = 4
	if change != nil {
		change(&set)
	}
	a := f.arbiter(&set)
	f.begin = sync.OnceFunc(func() { go func() { f.over <- a.run() }() })
	script(f)
	f.finish()
}

func newFake(t *testing.T) *fake {
	return &fake{
		t: t, start: time.Now(), live: map[int]*fakeProcess{}, nextPID: 100,
		signals: make(chan os.Signal, 16), children: make(chan os.Signal, 1), boots: make(chan int),
		over: make(chan error, 1), unlistened: -1,
	}
}

func (f *fake) arbiter(set *Settings) *arbiter {
	return &arbiter{
		set: set, log: slog.New(slog.DiscardHandler), target: set.Workers,
		rng:    rand.New(rand.NewPCG(1, 2)),
		events: events{signals: f.signals, children: f.children, boots: f.boots, predecessor: f.gone},
		system: system{
			clock: f.now, spawn: f.spawn, kill: f.kill, reap: f.reap, beat: f.beat,
			served:   func(slot int) int64 { return f.inSlot(slot).serves },
			release:  func(int) {},
			fit:      func(wanted, used int) { f.with(func() { f.wanted, f.usedMost = wanted, used }) },
			drained:  func(int) bool { f.mu.Lock(); defer f.mu.Unlock(); return f.now() >= f.drainedAt },
			unlisten: func() { f.with(func() { f.unlistened = f.now() }) },
			reopen:   func() error { f.with(func() { f.reopened++ }); return nil },
			upgrade:  f.upgrade,
			promote:  func() { f.with(func() { f.promoted = true }) },
		},
	}
}

func (f *fake) now() time.Duration { return time.Since(f.start) }

func (f *fake) spawn(slot, lane int) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.trouble != nil {
		return 0, f.trouble
	}
	for _, p := range f.live {
		if p.slot == slot && !p.dead {
			f.t.Errorf("slot %d given away twice", slot)
		}
	}
	p := &fakeProcess{behaviour: healthy, pid: f.nextPID, slot: slot, lane: lane, at: f.now(), bootedAt: -1}
	if f.behave != nil {
		p.behaviour = f.behave(len(f.spawned))
	}
	f.nextPID++
	f.live[p.pid] = p
	f.spawned = append(f.spawned, p)
	if p.boot > 0 {
		time.AfterFunc(p.boot, func() { f.booted(p) })
	}
	if p.die > 0 {
		time.AfterFunc(p.die, func() { f.exit(p, p.behaviour.status) })
	}
	return p.pid, nil
}

func (f *fake) booted(p *fakeProcess) {
	f.mu.Lock()
	dead := p.dead
	if !dead {
		p.bootedAt = f.now()
	}
	f.mu.Unlock()
	if !dead {
		f.boots <- p.pid
	}
}

func (f *fake) exit(p *fakeProcess, status unix.WaitStatus) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if p.dead {
		return
	}
	p.dead, p.status = true, status
	select {
	case f.children <- unix.SIGCHLD:
	default: // one is pending, as signals coalesce
	}
}

func (f *fake) kill(pid int, sig unix.Signal) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.live[pid]
	if p == nil {
		return unix.ESRCH
	}
	p.got = append(p.got, sent{sig, f.now()})
	switch {
	case sig == unix.SIGKILL:
		time.AfterFunc(0, func() { f.exit(p, unix.WaitStatus(unix.SIGKILL)) })
	case p.deaf:
	case sig == unix.SIGTERM:
		time.AfterFunc(p.drain, func() { f.exit(p, 0) })
	case sig == unix.SIGQUIT:
		time.AfterFunc(0, func() { f.exit(p, 0) })
	case sig == unix.SIGABRT:
		time.AfterFunc(0, func() { f.exit(p, exits(1)) })
	}
	return nil
}

func (f *fake) reap(pid int) (unix.WaitStatus, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.live[pid]
	if p == nil || !p.dead {
		return 0, false
	}
	delete(f.live, pid)
	return p.status, true
}

func (f *fake) beat(slot int) time.Duration {
	p := f.inSlot(slot)
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case p.bootedAt < 0:
		return 0
	case p.silent:
		return p.bootedAt
	}
	return f.now()
}

func (f *fake) inSlot(slot int) *fakeProcess {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range slices.Backward(f.spawned) {
		if p.slot == slot {
			return p
		}
	}
	f.t.Fatalf("slot %d was never used", slot)
	return nil
}

func (f *fake) upgrade() (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.trouble != nil {
		return 0, f.trouble
	}
	f.upgrades++
	p := &fakeProcess{pid: f.nextPID, slot: -1}
	f.nextPID++
	f.live[p.pid] = p
	f.successor = p.pid
	return p.pid, nil
}

// after lets virtual time pass.
func (f *fake) after(d time.Duration) {
	f.begin()
	time.Sleep(d) //nolint:forbidigo // in a bubble: virtual time
	synctest.Wait()
}

func (f *fake) send(sig unix.Signal) {
	f.begin()
	f.signals <- sig
	synctest.Wait()
}

// spawns are copies of all processes so far, in order.
func (f *fake) spawns() []fakeProcess {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []fakeProcess
	for _, p := range f.spawned {
		c := *p
		c.got = slices.Clone(p.got)
		list = append(list, c)
	}
	return list
}

// serving are the processes that have booted, live, and were not told to leave: the oldest first.
func (f *fake) serving() []fakeProcess {
	return slices.DeleteFunc(f.spawns(), func(p fakeProcess) bool {
		return p.bootedAt < 0 || p.dead || p.received(unix.SIGTERM) >= 0
	})
}

func (f *fake) wantServing(n int) []fakeProcess {
	f.t.Helper()
	list := f.serving()
	if len(list) != n {
		f.t.Fatalf("%d workers serve, want %d", len(list), n)
	}
	return list
}

func pids(list []fakeProcess) (ids []int) {
	for _, p := range list {
		ids = append(ids, p.pid)
	}
	return ids
}

// die makes a process exit by itself.
func (f *fake) die(pid int, status unix.WaitStatus) {
	f.mu.Lock()
	p := f.live[pid]
	f.mu.Unlock()
	f.exit(p, status)
}

// next says how processes behave that are spawned from now on.
func (f *fake) next(behave func(n int) behaviour) { f.with(func() { f.behave = behave }) }

// with changes the fake while the arbiter may look.
func (f *fake) with(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

// left is the number of worker processes that have not been reaped.
func (f *fake) left() (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.live {
		if p.slot >= 0 {
			n++
		}
	}
	return n
}

// finish stops the arbiter, if it has not stopped, and checks that it leaves nobody behind.
func (f *fake) finish() {
	f.t.Helper()
	if !f.stopped {
		f.begin()
		f.signals <- unix.SIGQUIT
		if err := f.wait(); err != nil {
			f.t.Errorf("a stop by request returned %v", err)
		}
	}
	if n := f.left(); n > 0 {
		f.t.Errorf("%d processes left behind", n)
	}
	f.after(time.Hour) // pending boots of killed processes
}

// wait waits until the arbiter has returned.
func (f *fake) wait() error {
	f.stopped = true
	f.begin()
	return <-f.over
}

var errFork = errors.New("fork: resource temporarily unavailable")

func (p fakeProcess) String() string {
	return fmt.Sprintf("pid %d slot %d lane %d at %v: %v", p.pid, p.slot, p.lane, p.at, p.got)
}
