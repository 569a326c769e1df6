package rig

import (
	"context"
	"fmt"
	"math"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/experiments/preflight"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/server/proc"
	"github.com/workerlab/workerlab/server/task"
)

// What taints a run, in cores and as a share. It is evidence about the host alone: a slow server is
// never a reason to measure again.
const (
	maxSteal   = results.MaxSteal
	maxForeign = results.MaxForeign
	maxDrift   = results.MaxDrift
)

// taint marks the record by the host's evidence in it. Servers that are watched for seconds hardly work:
// where somebody else does, or takes the cores away, they are not what keeps the answers waiting.
func taint(t trial.Trial, r *results.Record) {
	before, _ := r.Value("spin_before")
	after, _ := r.Value("spin_after")
	if before <= 0 || after <= 0 {
		r.Invalid = append(r.Invalid, "host: its speed was not measured")
		return
	}
	r.Set("spin_drift", math.Abs(after/before-1), "share")
	for _, rule := range []struct {
		value   string
		limit   float64
		reason  string
		applies bool
	}{
		{"steal", maxSteal, "host: steal above 5 % of a core", !t.Untimed || t.Together},
		{"foreign_cpu", maxForeign, "host: other processes used more than 0.1 of a core", !t.Untimed || t.Together},
		{"spin_drift", maxDrift, "host: its speed moved by more than 5 %", !t.Untimed},
	} {
		if v, _ := r.Value(rule.value); v > rule.limit && rule.applies {
			r.Invalid = append(r.Invalid, rule.reason)
		}
	}
}

// spin is how long a fixed piece of work takes on a core: the fastest of several, the one that
// nothing interrupted.
func (s *Session) spin(cpus []int) (fastest time.Duration, err error) {
	const probes, work = 6, 2 * time.Millisecond
	burner := task.Burner{Rate: s.CPURate}
	err = s.launch.On(cpus[:1], func() error {
		for range probes {
			began := time.Now()
			burner.Burn(work, nil)
			if took := time.Since(began); fastest == 0 || took < fastest {
				fastest = took
			}
		}
		return nil
	})
	return fastest, err
}

// gate looks at the host for a quarter of a second, and if patient for some more until it is quiet.
// It lets every run pass in the end: what decides is the evidence during the run. Where the run that
// has just ended found the host quiet, that evidence is younger and longer than another look.
func (s *Session) gate(ctx context.Context, patient bool) error {
	const look, looks = 250 * time.Millisecond, 4
	if s.quiet {
		s.quiet = false // until the next run says so
		return nil
	}
	for range looks {
		quiet, err := preflight.Watch(ctx, look)
		if err != nil {
			return err
		}
		if !patient || quiet.Foreign <= maxForeign && quiet.Steal <= maxSteal {
			return nil
		}
	}
	return nil
}

// quiet reports whether nobody else was seen at work during a run.
func quiet(r *results.Record) bool {
	foreign, known := r.Value("foreign_cpu")
	steal, _ := r.Value("steal")
	return known && foreign <= maxForeign && steal <= maxSteal
}

// use is what happened on the host over some time, in cores.
type use struct{ foreign, steal float64 }

// A look is the CPU time used so far by everybody, by the hypervisor, by us and by the server.
type look struct {
	at          time.Time
	busy, steal time.Duration
	self        time.Duration
	server      map[int]time.Duration // by process
	ended       time.Duration         // by processes of the server that are no more
}

// lookAt reads the clocks; pids are the server's processes.
func lookAt(pids []int) (look, error) {
	host, err := proc.ReadHost()
	if err != nil {
		return look{}, fmt.Errorf("read the host's CPU time: %w", err)
	}
	l := look{at: time.Now(), busy: host.Busy, steal: host.Steal, server: make(map[int]time.Duration)}
	if l.self, err = cpuTime(os.Getpid()); err != nil {
		return look{}, err
	}
	for _, pid := range pids {
		if used, err := cpuTime(pid); err == nil { // else it has ended meanwhile
			l.server[pid] = used
		}
	}
	return l, nil
}

// since is what happened on the host between two looks, ours taken away.
func (l look) since(before look) use {
	seconds := l.at.Sub(before.at).Seconds()
	ours := l.self - before.self + l.used(before)
	return use{
		foreign: max(0, (l.busy-before.busy-ours).Seconds()/seconds),
		steal:   (l.steal - before.steal).Seconds() / seconds,
	}
}

// used is the CPU time that the server's processes used since before: those seen both times, new ones
// from their start, and to their end those that have ended.
func (l look) used(before look) (sum time.Duration) {
	for pid, now := range l.server {
		sum += now - before.server[pid]
	}
	ended := l.ended - before.ended
	for pid, then := range before.server {
		if _, alive := l.server[pid]; !alive {
			ended -= then
		}
	}
	return sum + max(0, ended)
}

// keep records what happened on the host between two looks.
func (l look) keep(before look, record *results.Record) {
	host := l.since(before)
	record.Set("foreign_cpu", host.foreign, "cores")
	record.Set("steal", host.steal, "cores")
	record.Set("generator_cpu", (l.self-before.self).Seconds()/l.at.Sub(before.at).Seconds(), "cores")
}

// cpuTime is the CPU time of a process, all its threads.
//
// Note: it asks the clock and not /proc. Once somebody has read a process's files there, its parent's
// wait4 has to take the kernel's entries back, which was seen to spin for seconds on Linux 6.18 and
// passed for a slow respawn.
func cpuTime(pid int) (time.Duration, error) {
	const schedClock = 2 // CPUCLOCK_SCHED: clock_getcpuclockid(3) makes ids so
	var ts unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|schedClock), &ts); err != nil {
		return 0, os.NewSyscallError("clock_gettime", err)
	}
	return time.Duration(ts.Nano()), nil
}

// sleep waits for d, or less and says why if ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
