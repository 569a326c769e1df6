package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/host"
	"github.com/workerlab/workerlab/results/page"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// environment is what the run was and where it ran. What is not known is left out.
func environment(m results.Manifest) page.Facts {
	facts := page.Facts{
		page.NewFact("run", m.Run),
		page.NewFact("command", strings.Join(m.Command, " ")),
		page.NewFact("started", instant(m.Started)),
		page.NewFact("took", took(m)),
		page.NewFact("systems", strings.Join(m.Systems, ", ")),
	}
	for _, system := range slices.Sorted(maps.Keys(m.Versions)) {
		facts = append(facts, page.Fact{What: text.Plain(system), Value: text.Plain(m.Versions[system])})
	}
	facts = append(facts, page.NewFact("placement", m.Placement))
	if m.CPURate > 0 {
		facts = append(facts, page.Fact{What: text.Of("calibration"), Value: text.Of("%s rounds of CPU work in a millisecond", stat.Format(m.CPURate, ""))})
	}
	facts = append(facts, hostFacts(m.Host)...)
	return slices.DeleteFunc(facts, func(f page.Fact) bool { return f.Value.String() == "" })
}

// HostFacts are lines about a machine. What is not known is left out.
func HostFacts(h host.Host) page.Facts {
	return slices.DeleteFunc(hostFacts(h), func(f page.Fact) bool { return f.Value.String() == "" })
}

func hostFacts(h host.Host) page.Facts {
	return page.Facts{
		page.NewFact("processor", strings.TrimSpace(h.CPU+" "+parenthesised(h.Virtual))),
		{What: text.Of("cores"), Value: text.Of("%d, usable: %s", h.Cores, list(h.Usable))},
		page.NewFact("CPU quota", h.Quota),
		page.NewFact("governor", h.Governor),
		page.NewFact("memory", bytesOrNone(h.Memory)),
		page.NewFact("memory limit", bytesOrNone(h.Limit)),
		page.NewFact("kernel", strings.TrimSpace(h.OS+"/"+h.Arch+" "+h.Kernel)),
		page.NewFact("somaxconn", numberOrNone(uint64(max(h.Somaxconn, 0)))),
		page.NewFact("open files limit", numberOrNone(h.OpenFiles)),
		page.NewFact("port range", h.PortRange),
		page.NewFact("Go", fmt.Sprintf("%s, GOMAXPROCS %d", h.Go, h.GoMaxProcs)),
		program(h),
		page.NewFact("not known", strings.Join(h.Missing, "; ")),
	}
}

func program(h host.Host) page.Fact {
	version := strings.TrimSpace(h.Version + " " + h.Revision)
	if h.Revision != "" && h.Modified {
		return page.Fact{What: text.Of("program"), Value: text.Of("%s with changes not committed", version)}
	}
	return page.NewFact("program", version)
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
