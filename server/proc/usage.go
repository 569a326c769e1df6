package proc

import (
	"fmt"
	"time"

	"github.com/prometheus/procfs"
)

// Usage is what a process, or a tree of them, has consumed since its start.
type Usage struct {
	CPU          time.Duration // on a core
	User, System time.Duration // the same, split, in ticks of 10 ms
	Voluntary    uint64        // context switches because a thread waited
	Involuntary  uint64        // context switches because its time was up
	Threads      int           // now
}

// Add returns the sum of two.
func (u Usage) Add(o Usage) Usage {
	return Usage{
		CPU: u.CPU + o.CPU, User: u.User + o.User, System: u.System + o.System,
		Voluntary: u.Voluntary + o.Voluntary, Involuntary: u.Involuntary + o.Involuntary,
		Threads: u.Threads + o.Threads,
	}
}

// clockTick is the unit of /proc/PID/stat, USER_HZ, which is 100 on every Linux port in use.
const clockTick = 10 * time.Millisecond

// ReadUsage reads the usage of one process.
func ReadUsage(pid int) (Usage, error) {
	u, err := readUsage(pid)
	if err != nil {
		return Usage{}, fmt.Errorf("usage of process %d: %w", pid, err)
	}
	return u, nil
}

func readUsage(pid int) (u Usage, err error) {
	p, err := procfs.NewProc(pid)
	if err != nil {
		return u, err
	}
	stat, err := p.Stat()
	if err != nil {
		return u, err
	}
	u.User = time.Duration(stat.UTime) * clockTick
	u.System = time.Duration(stat.STime) * clockTick
	u.Threads = stat.NumThreads
	if u.CPU, err = cpuClock(pid); err != nil {
		return u, err
	}
	return u, u.addSwitches(pid)
}

// addSwitches sums over the threads: a process's own status has those of its first thread alone.
func (u *Usage) addSwitches(pid int) error {
	threads, err := procfs.AllThreads(pid)
	if err != nil {
		return err
	}
	for _, t := range threads {
		status, err := t.NewStatus()
		if Ended(err) {
			continue
		}
		if err != nil {
			return err
		}
		u.Voluntary += status.VoluntaryCtxtSwitches
		u.Involuntary += status.NonVoluntaryCtxtSwitches
	}
	return nil
}

// ReapedCPU is the CPU time of a process's children that have ended and been waited for, and of their
// own such children, in ticks of 10 ms. No tree of living processes has it.
func ReapedCPU(pid int) (time.Duration, error) {
	p, err := procfs.NewProc(pid)
	if err != nil {
		return 0, fmt.Errorf("ended children of process %d: %w", pid, err)
	}
	stat, err := p.Stat()
	if err != nil {
		return 0, fmt.Errorf("ended children of process %d: %w", pid, err)
	}
	return time.Duration(stat.CUTime+stat.CSTime) * clockTick, nil
}

// TreeUsage sums the usage of a process and its descendants. One that ends meanwhile is skipped, but
// pid itself must be there.
func TreeUsage(pid int) (Usage, error) {
	var sum Usage
	err := eachOfTree(pid, func(pid int) error {
		u, err := ReadUsage(pid)
		sum = sum.Add(u)
		return err
	})
	return sum, err
}
