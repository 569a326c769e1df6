package host

import (
	"fmt"
	"strings"
)

// shortCPU drops the marks and the frequency that makers put into model names:
// "Intel(R) Xeon(R) CPU @ 2.20GHz" is "Intel Xeon".
func shortCPU(model string) string {
	model, _, _ = strings.Cut(model, "@")
	for _, mark := range []string{"(R)", "(TM)", "(r)", "(tm)", "CPU", "Processor"} {
		model = strings.ReplaceAll(model, mark, " ")
	}
	return strings.Join(strings.Fields(model), " ")
}

// shortKernel drops a distribution's suffix: "6.1.0-18-amd64" is "6.1.0".
func shortKernel(release string) string {
	release, _, _ = strings.Cut(release, "-")
	return release
}

func (h Host) cores() string {
	if n := len(h.Usable); n > 0 && n != h.Cores {
		return fmt.Sprintf("%d of %d cores", n, h.Cores)
	}
	if h.Cores == 1 {
		return "1 core"
	}
	return fmt.Sprintf("%d cores", h.Cores)
}

func gibibytes(bytes uint64) string { return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30)) }

func osName(goos string) string {
	switch goos {
	case "linux":
		return "Linux"
	case "darwin":
		return "macOS"
	}
	return goos
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
