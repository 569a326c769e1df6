package preflight

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/results/host"
	"github.com/workerlab/workerlab/server/proc"
)

// Watching is how long Read watches the machine.
const Watching = 2 * time.Second

// Read collects the facts. It takes Watching, during which this process does nothing. What cannot be
// read is noted; an error is only that ctx ended.
func Read(ctx context.Context) (Facts, error) {
	f := Facts{Host: host.Read(), Watched: Watching, Tools: make(map[string]string), Unknown: make(map[string]bool)}
	quiet, err := Watch(ctx, Watching)
	if ctx.Err() != nil {
		return Facts{}, context.Cause(ctx)
	}
	f.Quiet = quiet
	f.note("Quiet", err)
	f.readPressure()
	f.readNetwork()
	f.readMemory()
	for _, t := range tools() {
		if found := t.find(ctx); found != "" {
			f.Tools[t.name] = found
		}
	}
	return f, nil
}

// find says where the tool is, or which version of a module; "" where it is not there.
func (t tool) find(ctx context.Context) string {
	for _, program := range t.programs {
		if path, err := exec.LookPath(program); err == nil {
			return path
		}
	}
	if t.module == "" {
		return ""
	}
	version, err := exec.CommandContext(ctx, python, "-c", "import "+t.module+"; print("+t.module+".__version__)").Output()
	if err != nil {
		return ""
	}
	return t.module + " " + strings.TrimSpace(string(version)) + " of " + python
}

// Memory is what can be had of memory on this machine or in its container, in bytes.
func Memory() (uint64, error) {
	f := Facts{Host: host.Read(), Unknown: make(map[string]bool)}
	if f.readMemory(); f.Unknown["Memory"] {
		return 0, errNoField
	}
	return f.Memory, nil
}

// Watch tells what others did on the host over d, in which this process should do nothing.
func Watch(ctx context.Context, d time.Duration) (Use, error) {
	began := time.Now()
	before, err := readUsed()
	if err != nil {
		return Use{}, err
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return Use{}, context.Cause(ctx)
	}
	after, err := readUsed()
	if err != nil {
		return Use{}, err
	}
	seconds := time.Since(began).Seconds()
	return Use{
		Foreign: max(0, (after.busy-before.busy-(after.own-before.own)).Seconds()/seconds),
		Steal:   (after.steal - before.steal).Seconds() / seconds,
	}, nil
}

type used struct{ busy, steal, own time.Duration }

func readUsed() (used, error) {
	h, err := proc.ReadHost()
	if err != nil {
		return used{}, err
	}
	var own unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &own); err != nil {
		return used{}, os.NewSyscallError("getrusage", err)
	}
	return used{h.Busy, h.Steal, time.Duration(own.Utime.Nano() + own.Stime.Nano())}, nil
}

// note marks a field as unknown if reading it failed.
func (f *Facts) note(field string, err error) {
	if err != nil {
		f.Unknown[field] = true
	}
}

func (f *Facts) readPressure() {
	text, err := os.ReadFile("/proc/pressure/cpu")
	if err == nil {
		f.Pressure, err = pressure(string(text))
	}
	f.note("Pressure", err)
	text, err = os.ReadFile("/proc/loadavg")
	if err == nil {
		_, err = fmt.Sscan(string(text), &f.Load)
	}
	f.note("Load", err)
}

func (f *Facts) readNetwork() {
	var err error
	f.SynBacklog, err = number("/proc/sys/net/ipv4/tcp_max_syn_backlog")
	f.note("SynBacklog", err)
	aborts, err := number("/proc/sys/net/ipv4/tcp_abort_on_overflow")
	f.Aborts = aborts != 0
	f.note("Aborts", err)
	text, err := os.ReadFile("/proc/net/sockstat")
	if err == nil {
		f.TimeWait, err = timeWait(string(text))
	}
	f.note("TimeWait", err)
}

func (f *Facts) readMemory() {
	if _, err := proc.ReadMemory(os.Getpid()); err != nil {
		f.NoPSS = err.Error()
	}
	text, err := os.ReadFile("/proc/meminfo")
	if err == nil {
		f.Memory, err = available(string(text))
	}
	f.note("Memory", err)
	if f.Host.Limit == 0 {
		return
	}
	for _, path := range []string{"/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory/memory.usage_in_bytes"} {
		if n, err := number(path); err == nil {
			f.Memory = min(f.Memory, f.Host.Limit-min(f.Host.Limit, uint64(n)))
		}
	}
}

func number(path string) (int, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}
