package proc

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// cpuClock reads the CPU clock of a process, which glibc's clock_getcpuclockid would name: the
// complement of the process id above three bits that say "all threads, by the scheduler".
func cpuClock(pid int) (time.Duration, error) {
	const scheduler = 2 // CPUCLOCK_SCHED, include/linux/posix-timers.h
	var ts unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|scheduler), &ts); err != nil {
		if err == unix.EINVAL {
			err = unix.ESRCH // there is no such process any more
		}
		return 0, os.NewSyscallError("clock_gettime", err)
	}
	return time.Duration(ts.Nano()), nil
}
