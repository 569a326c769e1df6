//go:build unix

package loadgen

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// cpuTime returns the CPU time that this process has used, in user and system mode.
func cpuTime() (time.Duration, error) {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return 0, os.NewSyscallError("getrusage", err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}
