package host

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// noLimit is above what cgroup v1 writes for "no limit": the largest page-aligned int64.
const noLimit = 1 << 62

// readCgroup finds the limits a container puts on this process: v2's files, else v1's, at the root
// that the process sees. None is no fault: a bare machine has none.
func (h *Host) readCgroup() {
	if quota, ok := content("/sys/fs/cgroup/cpu.max"); ok {
		h.Quota = quotaV2(quota)
	} else if quota, ok := content("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"); ok {
		period, _ := content("/sys/fs/cgroup/cpu/cpu.cfs_period_us")
		h.Quota = quotaV2(strings.Replace(quota, "-1", "max", 1) + " " + period)
	}
	for _, path := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		if text, ok := content(path); ok {
			h.Limit = memoryLimit(text)
			return
		}
	}
}

// quotaV2 reads cpu.max, "QUOTA PERIOD" in microseconds or "max PERIOD".
func quotaV2(text string) string {
	var quota, period float64
	if n, _ := fmt.Sscan(text, &quota, &period); n == 2 && period > 0 {
		return fmt.Sprintf("%.2f cores", quota/period)
	}
	first, _, _ := strings.Cut(text, " ")
	return first
}

func memoryLimit(text string) uint64 {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n >= noLimit { // "max"
		return 0
	}
	return n
}

func content(path string) (string, bool) {
	data, err := os.ReadFile(path)
	return strings.TrimSpace(string(data)), err == nil
}
