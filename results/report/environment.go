package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/host"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// A fact is one line about the run or its machine.
type fact struct{ What, Value text.Message }

// environment is what the run was and where it ran. What is not known is left out.
func environment(m results.Manifest) []fact {
	facts := []fact{
		plain("run", m.Run),
		plain("command", strings.Join(m.Command, " ")),
		plain("started", instant(m.Started)),
		plain("took", took(m)),
		plain("systems", strings.Join(m.Systems, ", ")),
	}
	for _, system := range slices.Sorted(maps.Keys(m.Versions)) {
		facts = append(facts, fact{text.Plain(system), text.Plain(m.Versions[system])})
	}
	facts = append(facts, plain("placement", m.Placement))
	if m.CPURate > 0 {
		facts = append(facts, fact{text.Of("calibration"), text.Of("%s rounds of CPU work in a millisecond", stat.Format(m.CPURate, ""))})
	}
	facts = append(facts, hostFacts(m.Host)...)
	return slices.DeleteFunc(facts, func(f fact) bool { return f.Value.String() == "" })
}

func plain(what, value string) fact { return fact{text.Of(what), text.Plain(value)} }

func hostFacts(h host.Host) []fact {
	return []fact{
		plain("processor", strings.TrimSpace(h.CPU+" "+parenthesised(h.Virtual))),
		{text.Of("cores"), text.Of("%d, usable: %s", h.Cores, list(h.Usable))},
		plain("CPU quota", h.Quota),
		plain("governor", h.Governor),
		plain("memory", bytesOrNone(h.Memory)),
		plain("memory limit", bytesOrNone(h.Limit)),
		plain("kernel", strings.TrimSpace(h.OS+"/"+h.Arch+" "+h.Kernel)),
		plain("somaxconn", numberOrNone(uint64(max(h.Somaxconn, 0)))),
		plain("open files limit", numberOrNone(h.OpenFiles)),
		plain("port range", h.PortRange),
		plain("Go", fmt.Sprintf("%s, GOMAXPROCS %d", h.Go, h.GoMaxProcs)),
		program(h),
		plain("not known", strings.Join(h.Missing, "; ")),
	}
}

func program(h host.Host) fact {
	version := strings.TrimSpace(h.Version + " " + h.Revision)
	if h.Revision != "" && h.Modified {
		return fact{text.Of("program"), text.Of("%s with changes not committed", version)}
	}
	return plain("program", version)
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

func took(m results.Manifest) string {
	if m.Finished.IsZero() || m.Started.IsZero() {
		return ""
	}
	return m.Finished.Sub(m.Started).Round(time.Second).String()
}

func parenthesised(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}

func list(cpus []int) string {
	if len(cpus) == 0 {
		return "–"
	}
	return strings.Trim(fmt.Sprint(cpus), "[]")
}

func bytesOrNone(n uint64) string {
	if n == 0 {
		return ""
	}
	return stat.Format(float64(n), "bytes")
}

func numberOrNone(n uint64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}
