//go:build !linux

package host

// readPlatform fills in what only Linux is asked for.
func (h *Host) readPlatform() {
	h.miss("kernel, processor, memory and limits (read on Linux only)")
}
