package proc

import (
	"encoding/binary"
	"fmt"
	"os"
	"time"
	"unsafe"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"
)

// A Meter counts the CPU time of a process and of all that it starts while it is metered, those that have
// ended included. Nobody has to have waited for them: a server that ignores its children's ends, as those
// do that run CGI scripts, has no account of them (ReapedCPU).
type Meter struct{ counter *os.File }

// NewMeter begins to count. It has to be called before the process has children or a second thread, which
// would not be counted, and fails where it has. It needs the kernel's perf events: an administrator's right, or
// kernel.perf_event_paranoid of at most 2.
func NewMeter(pid int) (*Meter, error) {
	attr := unix.PerfEventAttr{
		Type: unix.PERF_TYPE_SOFTWARE, Config: unix.PERF_COUNT_SW_TASK_CLOCK,
		// The clock runs in the kernel, too. What is not to count its events is allowed to everybody.
		Bits: unix.PerfBitInherit | unix.PerfBitExcludeKernel | unix.PerfBitExcludeHv,
	}
	attr.Size = uint32(unsafe.Sizeof(attr))
	fd, err := unix.PerfEventOpen(&attr, pid, -1, -1, unix.PERF_FLAG_FD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("meter CPU time (needs an administrator's rights, or sysctl kernel.perf_event_paranoid=2): %w",
			os.NewSyscallError("perf_event_open", err))
	}
	m := &Meter{os.NewFile(uintptr(fd), "perf event")}
	if err := alone(pid); err != nil {
		_ = m.Close()
		return nil, fmt.Errorf("meter CPU time: %w", err)
	}
	return m, nil
}

// alone fails for a process that has children or a second thread.
func alone(pid int) error {
	tree, err := Tree(pid)
	if err != nil {
		return err
	}
	threads, err := procfs.AllThreads(pid)
	if err != nil {
		return err
	}
	if len(tree) > 1 || len(threads) > 1 {
		return fmt.Errorf("too late: it has %d threads and %d children", len(threads), len(tree)-1)
	}
	return nil
}

// CPU is the time so far.
func (m *Meter) CPU() (time.Duration, error) {
	var count [8]byte
	if _, err := m.counter.Read(count[:]); err != nil {
		return 0, fmt.Errorf("meter CPU time: %w", err)
	}
	return time.Duration(binary.NativeEndian.Uint64(count[:])), nil
}

// Close ends the counting.
func (m *Meter) Close() error { return m.counter.Close() }
