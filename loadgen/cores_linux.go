package loadgen

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// coresTime returns how long the cores that this process may run on have been idle, and how long they
// have existed, in clock ticks each: the sum over the cores since the host's start.
func coresTime() (idle, all uint64, err error) {
	var ours unix.CPUSet
	if err := unix.SchedGetaffinity(0, &ours); err != nil {
		return 0, 0, os.NewSyscallError("sched_getaffinity", err)
	}
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, 0, err
	}
	return parseCores(stat, ours.IsSet)
}

// parseCores adds up the lines of /proc/stat about the cores that are ours (proc_pid_stat(5)).
func parseCores(stat []byte, ours func(core int) bool) (idle, all uint64, err error) {
	for lines := bufio.NewScanner(bytes.NewReader(stat)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 6 || !strings.HasPrefix(fields[0], "cpu") || fields[0] == "cpu" {
			continue
		}
		core, err := strconv.Atoi(fields[0][len("cpu"):])
		if err != nil {
			return 0, 0, fmt.Errorf("/proc/stat: core %q", fields[0])
		}
		if !ours(core) {
			continue
		}
		for i, field := range fields[1:min(len(fields), 9)] { // user to steal; a guest's time is in user already
			ticks, err := strconv.ParseUint(field, 10, 64)
			if err != nil {
				return 0, 0, fmt.Errorf("/proc/stat: %s of %s: %w", field, fields[0], err)
			}
			all += ticks
			if i == 3 || i == 4 { // idle, and idle while a disk works
				idle += ticks
			}
		}
	}
	if all == 0 {
		return 0, 0, fmt.Errorf("/proc/stat: no core of ours")
	}
	return idle, all, nil
}
