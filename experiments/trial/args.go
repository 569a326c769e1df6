package trial

import (
	"strconv"
	"strings"
	"time"

	"github.com/workerlab/workerlab/models/spec"
)

// Args are the arguments of `workerlab serve` for the trial.
func (t Trial) Args(cpuRate float64) []string {
	args := ServerArgs(t.Server, cpuRate)
	if strings.Contains(t.Load.Do+","+t.Hog.Do, "leak:") {
		args = append(args, "--faults")
	}
	return args
}

// ServerArgs are the arguments of `workerlab serve` for the configuration.
func ServerArgs(s spec.Server, cpuRate float64) []string {
	args := []string{
		"serve", "-b", "127.0.0.1:0", "--metrics-bind", "127.0.0.1:0", "--log-format", "json",
		"-k", s.Class, "-w", strconv.Itoa(s.Workers), "--threads", strconv.Itoa(max(1, s.Threads)),
		"--cpu-rate", strconv.FormatFloat(cpuRate, 'f', -1, 64),
	}
	for _, option := range []struct {
		set         bool
		flag, value string
	}{
		{s.GIL, "--gil", ""},
		{s.Switch > 0, "--gil-switch-interval", s.Switch.String()},
		{s.AppMemory > 0, "--app-memory", strconv.FormatInt(s.AppMemory, 10)},
		{s.Preload, "--preload", ""},
		{s.Boot > 0, "--boot", s.Boot.String()},
		{s.Connections > 0, "--worker-connections", strconv.Itoa(s.Connections)},
		{s.Backlog > 0, "--backlog", strconv.Itoa(s.Backlog)},
		{s.Timeout != 0, "--timeout", orOff(s.Timeout)},
		{s.KeepAlive != 0, "--keep-alive", orOff(s.KeepAlive)},
		{s.MaxRequests > 0, "--max-requests", strconv.Itoa(s.MaxRequests)},
		{s.Jitter > 0, "--max-requests-jitter", strconv.Itoa(s.Jitter)},
		{s.ReusePort, "--reuse-port", ""},
		{s.Exclusive, "--exclusive", ""},
	} {
		if option.set {
			args = append(args, option.flag)
		}
		if option.set && option.value != "" {
			args = append(args, option.value)
		}
	}
	return args
}

// orOff spells spec.Never as the command line does.
func orOff(d time.Duration) string {
	if d == spec.Never {
		return "0"
	}
	return d.String()
}
