package analysis

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/host"
)

func (rep *Report) environment(w *bytes.Buffer) {
	m := rep.Manifest
	fmt.Fprintf(w, "## The run and the machine\n\n")
	rows := [][]string{{"what", "value"}}
	add := func(what, value string) {
		if value != "" {
			rows = append(rows, []string{what, escape(value)})
		}
	}
	add("run", m.Run)
	add("command", strings.Join(m.Command, " "))
	add("started", instant(m.Started))
	add("took", took(m))
	add("systems", strings.Join(m.Systems, ", "))
	for _, system := range slices.Sorted(maps.Keys(m.Versions)) {
		add(system, m.Versions[system])
	}
	add("placement", m.Placement)
	if m.CPURate > 0 {
		add("calibration", Format(m.CPURate, "rounds of CPU work/ms"))
	}
	for _, row := range hostRows(m.Host) {
		add(row[0], row[1])
	}
	writeTable(w, rows)
}

func hostRows(h host.Host) [][2]string {
	return [][2]string{
		{"processor", strings.TrimSpace(h.CPU + " " + parenthesised(h.Virtual))},
		{"cores", fmt.Sprintf("%d, usable %s", h.Cores, list(h.Usable))},
		{"CPU quota", h.Quota},
		{"governor", h.Governor},
		{"memory", bytesOrNone(h.Memory)},
		{"memory limit", bytesOrNone(h.Limit)},
		{"kernel", strings.TrimSpace(h.OS + "/" + h.Arch + " " + h.Kernel)},
		{"somaxconn", numberOrNone(uint64(max(h.Somaxconn, 0)))},
		{"open files limit", numberOrNone(h.OpenFiles)},
		{"port range", h.PortRange},
		{"Go", fmt.Sprintf("%s, GOMAXPROCS %d", h.Go, h.GoMaxProcs)},
		{"program", strings.TrimSpace(h.Version + " " + revision(h))},
		{"not known", strings.Join(h.Missing, "; ")},
	}
}

func revision(h host.Host) string {
	if h.Revision != "" && h.Modified {
		return h.Revision + " with changes not committed"
	}
	return h.Revision
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
	return Format(float64(n), "bytes")
}

func numberOrNone(n uint64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}
