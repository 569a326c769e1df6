package proc

import (
	"fmt"
	"time"

	"github.com/prometheus/procfs"
)

// Times is what a core, or all of them, did since the host started, in ticks of 10 ms.
type Times struct {
	Busy  time.Duration // user, system and interrupts
	Steal time.Duration // it wanted to run and the hypervisor ran somebody else
	Idle  time.Duration // nothing to run, waiting for a disk included
	Total time.Duration // all three
}

// Sub returns what happened between an earlier reading and t.
func (t Times) Sub(earlier Times) Times {
	return Times{
		Busy: t.Busy - earlier.Busy, Steal: t.Steal - earlier.Steal,
		Idle: t.Idle - earlier.Idle, Total: t.Total - earlier.Total,
	}
}

// Host is the account of all cores together, and of each.
type Host struct {
	Times
	Cores map[int]Times // by the kernel's number
}

// Sub returns what happened between an earlier reading and h.
func (h Host) Sub(earlier Host) Host {
	d := Host{Times: h.Times.Sub(earlier.Times), Cores: map[int]Times{}}
	for i, t := range h.Cores {
		d.Cores[i] = t.Sub(earlier.Cores[i])
	}
	return d
}

// ReadHost reads /proc/stat.
func ReadHost() (Host, error) {
	fs, err := procfs.NewDefaultFS()
	if err != nil {
		return Host{}, fmt.Errorf("host's CPU time: %w", err)
	}
	stat, err := fs.Stat()
	if err != nil {
		return Host{}, fmt.Errorf("host's CPU time: %w", err)
	}
	h := Host{Times: times(stat.CPUTotal), Cores: map[int]Times{}}
	for i, s := range stat.CPU {
		h.Cores[int(i)] = times(s)
	}
	return h, nil
}

// times sums up; guest time is part of user time already (proc(5)).
func times(s procfs.CPUStat) Times {
	t := Times{
		Busy:  seconds(s.User + s.Nice + s.System + s.IRQ + s.SoftIRQ),
		Steal: seconds(s.Steal),
		Idle:  seconds(s.Idle + s.Iowait),
	}
	t.Total = t.Busy + t.Steal + t.Idle
	return t
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
