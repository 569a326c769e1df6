package launch

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/server/proc"
)

// A Launcher is an OS thread of its own, which starts the servers and does what else must run on a
// given core. A child inherits the affinity of the thread that forks it; and the kernel sends a
// child's parent-death signal when that *thread* ends, so it has to live as long as the session.
type Launcher struct {
	work chan func()
	done chan struct{}
	tid  int
}

// OnAll calls f with all cores that this process may use to start programs on; they end with it.
func OnAll(f func(Cores) error) error {
	cpus, err := proc.CPUs()
	if err != nil {
		return err
	}
	l := NewLauncher()
	defer l.Close()
	return f(l.Cores(cpus))
}

// NewLauncher starts such a thread. Close it.
func NewLauncher() *Launcher {
	l := &Launcher{work: make(chan func()), done: make(chan struct{})}
	ready := make(chan struct{})
	go l.run(ready)
	<-ready
	return l
}

// run serves until close. It never unlocks its thread, so the thread ends with the goroutine. Only the
// process's first thread would not; there it holds the place while another goroutine takes over.
func (l *Launcher) run(ready chan struct{}) {
	runtime.LockOSThread()
	if l.tid = unix.Gettid(); l.tid == os.Getpid() {
		go l.run(ready)
		<-ready
		runtime.UnlockOSThread()
		return
	}
	defer close(l.done)
	close(ready)
	for f := range l.work {
		f()
	}
}

// On runs f on the launcher's thread, which may use the given cores only.
func (l *Launcher) On(cpus []int, f func() error) error {
	result := make(chan error, 1)
	l.work <- func() {
		if err := setAffinity(0, cpus); err != nil {
			result <- err
			return
		}
		result <- f()
	}
	return <-result
}

// Cores are cores to start programs on.
func (l *Launcher) Cores(cpus []int) Cores { return Cores{CPUs: cpus, on: l.On} }

// Close ends the thread, and with it what it started.
func (l *Launcher) Close() {
	close(l.work)
	<-l.done
}

// PinGenerator confines every thread of this process but the launcher's. Threads that appear
// meanwhile inherit from one that is confined or are found by the next pass.
func (l *Launcher) PinGenerator(cpus []int) error {
	for changed := true; changed; {
		changed = false
		threads, err := os.ReadDir("/proc/self/task")
		if err != nil {
			return fmt.Errorf("pin the generator: %w", err)
		}
		for _, entry := range threads {
			tid, err := strconv.Atoi(entry.Name())
			if err != nil || tid == l.tid {
				continue
			}
			moved, err := moveThread(tid, cpus)
			if err != nil {
				return fmt.Errorf("pin the generator: %w", err)
			}
			changed = changed || moved
		}
	}
	return nil
}

// moveThread reports whether the thread was anywhere else. One that has ended is no error.
func moveThread(tid int, cpus []int) (bool, error) {
	var has unix.CPUSet
	err := unix.SchedGetaffinity(tid, &has)
	if err == nil && has == proc.CPUSet(cpus...) {
		return false, nil
	}
	if err == nil {
		err = setAffinity(tid, cpus)
	}
	if errors.Is(err, unix.ESRCH) {
		return false, nil
	}
	return err == nil, err
}

func setAffinity(tid int, cpus []int) error {
	set := proc.CPUSet(cpus...)
	return os.NewSyscallError("sched_setaffinity", unix.SchedSetaffinity(tid, &set))
}
