//go:build !linux

package poll

import "time"

// Sleep waits for d, to the precision of Go's timers: the kernel's is Linux only.
func Sleep(d time.Duration) { time.Sleep(d) }
