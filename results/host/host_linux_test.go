package host

import "testing"

func TestReadLinux(t *testing.T) {
	h := Read()
	if h.Kernel == "" || h.Memory == 0 || len(h.Usable) == 0 || h.OpenFiles == 0 {
		t.Errorf("got %+v", h)
	}
}

// The forms are those of the kernel's Documentation/admin-guide/cgroup-v2.rst and cgroup-v1.
func TestCgroupForms(t *testing.T) {
	for text, want := range map[string]string{
		"max 100000": "max", "150000 100000": "1.50 cores", "": "", "200000 0": "200000",
	} {
		if got := quotaV2(text); got != want {
			t.Errorf("cpu.max %q: %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]uint64{"max": 0, "9223372036854771712": 0, "1073741824": 1 << 30, "": 0} {
		if got := memoryLimit(text); got != want {
			t.Errorf("memory.max %q: %d, want %d", text, got, want)
		}
	}
}

func TestField(t *testing.T) {
	const cpuinfo = "processor\t: 0\nmodel name\t: AMD EPYC: 7B12\nflags\t\t: fpu hypervisor sse\n"
	for name, want := range map[string]string{"model name": "AMD EPYC: 7B12", "processor": "0", "model": ""} {
		if got := field(cpuinfo, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
