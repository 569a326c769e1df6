package preflight

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// pressure reads /proc/pressure/cpu: the share of the last 10 s in which some task waited, of 1
// (Documentation/accounting/psi.rst).
func pressure(text string) (float64, error) {
	var percent float64
	if _, err := fmt.Sscanf(text, "some avg10=%f ", &percent); err != nil {
		return 0, fmt.Errorf("pressure: %w", err)
	}
	return percent / 100, nil
}

// timeWait reads /proc/net/sockstat, "TCP: inuse 4 orphan 0 tw 12 alloc 5 mem 1" (proc(5)).
func timeWait(text string) (int, error) {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] != "TCP:" {
			continue
		}
		for i := 1; i+1 < len(fields); i += 2 {
			if fields[i] == "tw" {
				return strconv.Atoi(fields[i+1])
			}
		}
	}
	return 0, fmt.Errorf("sockets in TIME_WAIT: %w", errNoField)
}

// available reads MemAvailable of /proc/meminfo, in bytes.
func available(text string) (uint64, error) {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, "MemAvailable:"); ok {
			kib, err := strconv.ParseUint(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 54)
			if err != nil {
				return 0, fmt.Errorf("available memory: %w", err)
			}
			return kib << 10, nil
		}
	}
	return 0, fmt.Errorf("available memory: %w", errNoField)
}

var errNoField = errors.New("the kernel does not tell")
