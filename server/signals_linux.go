package server

import (
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// obey carries out a signal.
func (a *arbiter) obey(sig os.Signal) {
	a.log.Info("handling signal", "signal", unix.SignalName(sig.(unix.Signal)))
	switch sig {
	case unix.SIGTERM:
		a.stop(unix.SIGTERM, a.set.Graceful)
	case unix.SIGINT, unix.SIGQUIT:
		a.stop(unix.SIGQUIT, tick)
	case unix.SIGUSR1:
		a.reopenLogs()
	case unix.SIGHUP, unix.SIGTTIN, unix.SIGTTOU, unix.SIGUSR2, unix.SIGWINCH:
		if !a.stopping {
			a.adapt(sig)
		}
	}
}

// adapt carries out the signals that a stopping arbiter no longer cares for.
func (a *arbiter) adapt(sig os.Signal) {
	switch sig {
	case unix.SIGHUP:
		a.reload()
	case unix.SIGTTIN:
		a.want(a.target + 1)
	case unix.SIGTTOU:
		a.want(max(1, a.target-1))
	case unix.SIGWINCH:
		a.want(0)
	case unix.SIGUSR2:
		a.startSuccessor()
	}
}

// stop begins to stop, or stops faster: workers get sig, and SIGKILL when the patience ends.
func (a *arbiter) stop(sig unix.Signal, patience time.Duration) {
	if !a.stopping {
		a.unlisten()
	}
	a.stopping, a.killAll = true, a.clock()+patience // killBy keeps a kill that is due earlier
	for _, c := range a.workers {
		c.leaving = true
		a.signal(c, sig)
	}
}

// fail stops because going on is pointless.
func (a *arbiter) fail(err error) {
	if a.failure == nil {
		a.failure = err
		a.stop(unix.SIGTERM, a.set.Graceful)
	}
}

func (a *arbiter) want(workers int) {
	a.target, a.rescaled = min(workers, maxWorkers), a.clock()
	a.ready = false
}

// reload starts a new generation of workers; manage retires the old one as the new one boots. There
// is no configuration file, so what is read again are the logs' paths.
func (a *arbiter) reload() {
	a.reopenLogs()
	a.generation++
	a.want(a.set.Workers)
}

func (a *arbiter) reopenLogs() {
	if err := a.reopen(); err != nil {
		a.log.Error("cannot reopen the logs", "error", err)
	}
	for _, c := range a.workers {
		a.signal(c, unix.SIGUSR1)
	}
}

func (a *arbiter) startSuccessor() {
	switch {
	case a.successor != 0:
		a.log.Warn("upgrade ignored: the successor stands", "pid", a.successor)
		return
	case a.predecessor != nil:
		a.log.Warn("upgrade ignored: the predecessor stands")
		return
	}
	pid, err := a.upgrade()
	if err != nil {
		a.log.Error("cannot upgrade", "error", err)
		return
	}
	a.successor = pid
	a.log.Info("upgrade", "pid", pid)
}

// reapAll collects every child that has exited.
func (a *arbiter) reapAll() {
	for pid, c := range a.workers {
		if status, gone := a.reap(pid); gone {
			delete(a.workers, pid)
			a.exited(c, status)
			a.release(c.slot)
		}
	}
	if a.successor == 0 {
		return
	}
	if status, gone := a.reap(a.successor); gone {
		a.log.Warn("the successor has exited", "pid", a.successor, "status", describe(status))
		a.successor = 0
	}
}

func (a *arbiter) exited(c *child, status unix.WaitStatus) {
	now := a.clock()
	say := a.log.Info
	if !c.leaving && status != 0 {
		say = a.log.Error
	}
	say("worker exited", "pid", c.pid, "slot", c.slot, "status", describe(status), "age_seconds", inSeconds(now-c.spawned))
	if a.stopping || c.leaving {
		return
	}
	if code := status.ExitStatus(); code == exitBoot || code == exitApp {
		a.fail(&ExitError{code})
		return
	}
	if a.diedYoung(c, status, now) {
		if delay := a.backoff.failed(now); delay > 0 {
			a.nextSpawn = max(a.nextSpawn, now+delay)
			a.log.Warn("workers die at boot", "again_in_seconds", inSeconds(delay))
		}
	}
}

// diedYoung reports whether a worker died without having been of use.
func (a *arbiter) diedYoung(c *child, status unix.WaitStatus, now time.Duration) bool {
	return !c.booted || status != 0 && now-c.bootedAt < time.Second && a.served(c.slot) == 0
}

// describe is an exit status in words.
func describe(status unix.WaitStatus) string {
	if status.Signaled() {
		return unix.SignalName(status.Signal())
	}
	return "exit " + strconv.Itoa(status.ExitStatus())
}
