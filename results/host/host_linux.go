package host

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/server/proc"
)

func (h *Host) readPlatform() {
	h.readKernel()
	h.readCPU()
	h.readMemory()
	h.readLimits()
	h.readCgroup()
}

func (h *Host) readKernel() {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		h.miss("kernel: " + os.NewSyscallError("uname", err).Error())
		return
	}
	h.Kernel = unix.ByteSliceToString(name.Release[:]) // never Nodename
}

func (h *Host) readCPU() {
	info := h.read("processor", "/proc/cpuinfo")
	h.CPU = field(info, "model name")
	if h.CPU == "" && info != "" {
		h.miss("processor: /proc/cpuinfo names no model")
	}
	if strings.Contains(" "+field(info, "flags")+" ", " hypervisor ") {
		h.Virtual = "hypervisor"
	}
	h.Governor = h.read("governor", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
	h.readAffinity()
}

func (h *Host) readAffinity() {
	cpus, err := proc.CPUs()
	if err != nil {
		h.miss("affinity: " + err.Error())
	}
	h.Usable = cpus
}

func (h *Host) readMemory() {
	total, _, _ := strings.Cut(field(h.read("memory", "/proc/meminfo"), "MemTotal"), " kB")
	if kib, err := strconv.ParseUint(total, 10, 64); err == nil {
		h.Memory = kib << 10
	}
}

func (h *Host) readLimits() {
	if n, err := strconv.Atoi(h.read("somaxconn", "/proc/sys/net/core/somaxconn")); err == nil {
		h.Somaxconn = n
	}
	h.PortRange = strings.Join(strings.Fields(h.read("port range", "/proc/sys/net/ipv4/ip_local_port_range")), " ")
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		h.miss("nofile: " + os.NewSyscallError("getrlimit", err).Error())
		return
	}
	h.OpenFiles = limit.Cur
}

// read returns the content of a kernel file without the spaces around it, "" if it cannot be read.
func (h *Host) read(what, path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		h.miss(what + ": " + err.Error())
		return ""
	}
	return strings.TrimSpace(string(data))
}

// field finds "name : value" in the text of a procfs file.
func field(text, name string) string {
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(line, ":")
		if ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
