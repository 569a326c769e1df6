// Package host reads what of a machine bears on its figures: kernel, processor, memory, limits and
// the program itself. It never reads who or which machine it is: no host name, no user name.
package host

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

// A Host is the provenance of a run. What a platform does not tell stays zero, and Missing names it.
type Host struct {
	OS       string `json:"os"`
	Arch     string `json:"arch"`
	Kernel   string `json:"kernel,omitempty"`    // release, as uname -r
	CPU      string `json:"cpu,omitempty"`       // model name
	Cores    int    `json:"cores"`               // logical processors of the machine
	Usable   []int  `json:"cpus_usable"`         // those this process may run on (its affinity)
	Quota    string `json:"cpu_quota,omitempty"` // cgroup limit: "max", or "2.00 cores"
	Memory   uint64 `json:"memory_bytes,omitempty"`
	Limit    uint64 `json:"memory_limit_bytes,omitempty"` // cgroup limit; 0: none
	Page     int    `json:"page_bytes"`
	Governor string `json:"governor,omitempty"`       // cpufreq governor of CPU 0
	Virtual  string `json:"virtualisation,omitempty"` // "hypervisor": the CPU says it runs under one

	Somaxconn  int    `json:"somaxconn,omitempty"`
	PortRange  string `json:"port_range,omitempty"` // ip_local_port_range: "32768 60999"
	OpenFiles  uint64 `json:"nofile,omitempty"`     // soft limit of this process
	GoMaxProcs int    `json:"gomaxprocs"`

	Go       string   `json:"go"`
	Version  string   `json:"version,omitempty"` // of the program's module
	Revision string   `json:"revision,omitempty"`
	Modified bool     `json:"modified,omitempty"` // built from a tree with changes not committed
	Missing  []string `json:"missing,omitempty"`
}

// Read collects the provenance of this machine and program. What cannot be read is listed in
// Missing: a run is worth having without it.
func Read() Host {
	h := Host{
		OS: runtime.GOOS, Arch: runtime.GOARCH, Cores: runtime.NumCPU(), Page: os.Getpagesize(),
		GoMaxProcs: runtime.GOMAXPROCS(0), Go: runtime.Version(),
	}
	h.readProgram()
	h.readPlatform()
	return h
}

// Processors are the cores that this process may use, or the whole ones of its container's quota.
func (h Host) Processors() int {
	cores := len(h.Usable)
	if cores == 0 {
		cores = runtime.NumCPU()
	}
	var quota float64
	if _, err := fmt.Sscanf(h.Quota, "%f cores", &quota); err == nil {
		cores = min(cores, max(1, int(quota)))
	}
	return cores
}

// Differences names what of the machine is not the same on another look, with both values.
func (h Host) Differences(now Host) (changed []string) {
	for _, field := range []struct{ name, then, now string }{
		{"CPU was", h.CPU, now.CPU},
		{"number of cores was", fmt.Sprint(h.Cores), fmt.Sprint(now.Cores)},
		{"usable cores were", fmt.Sprint(h.Usable), fmt.Sprint(now.Usable)},
		{"kernel was", h.Kernel, now.Kernel},
	} {
		if field.then != field.now {
			changed = append(changed, fmt.Sprintf("its %s %s and would be %s now", field.name, cmp.Or(field.then, "not known"), cmp.Or(field.now, "not known")))
		}
	}
	return changed
}

func (h *Host) readProgram() {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		h.miss("build information")
		return
	}
	h.Version = info.Main.Version
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			h.Revision = s.Value
		case "vcs.modified":
			h.Modified = s.Value == "true"
		}
	}
	if h.Revision == "" {
		h.miss("revision (built without version control)")
	}
}

func (h *Host) miss(what string) { h.Missing = append(h.Missing, what) }

// String is the machine in a caption's length: "Intel Xeon, 2 of 2 cores, 8.0 GiB, Linux 6.1.0".
func (h Host) String() string {
	parts := []string{orElse(shortCPU(h.CPU), h.Arch), h.cores()}
	if h.Memory > 0 {
		parts = append(parts, gibibytes(h.Memory))
	}
	parts = append(parts, strings.TrimSpace(osName(h.OS)+" "+shortKernel(h.Kernel)))
	return strings.Join(parts, ", ")
}
