package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"strings"
	"text/tabwriter"

	"github.com/workerlab/workerlab/results/stat"
)

// A report is what was measured, block by block.
type report struct {
	options
	serverCPU, attackOn int
	skipped             []string // cells, and what mends it
	blocks              []block
}

func newReport(o options, serverCPU, attackOn int) *report {
	return &report{options: o, serverCPU: serverCPU, attackOn: attackOn}
}

// A column of the table of cells.
type column struct {
	head string
	of   func(*report, cell) string
}

func (r *report) add(b block) { r.blocks = append(r.blocks, b) }

// of is the median of a figure over the samples of a cell.
func (r *report) of(c cell, value func(sample) float64) float64 {
	return stat.Median(gather(r.blocks, func(b block) float64 { return value(b.samples[c.Name]) }))
}

func (r *report) write(w io.Writer) error {
	where := fmt.Sprintf("each on core %d", r.serverCPU)
	if r.Suite.Attacks {
		where = fmt.Sprintf("server on core %d, wrk on core %d", r.serverCPU, r.attackOn)
	}
	fmt.Fprintf(w, "%d blocks of %v a cell, seed %d; %s; %s\n%s, %s, Linux %s\n\n",
		r.Blocks, r.Window, r.Seed, r.Suite.Does, where, cpuModel(), runtime.Version(), kernel())
	if err := r.writeCells(w); err != nil {
		return err
	}
	if err := r.writeRows(w); err != nil {
		return err
	}
	r.writeDoubts(w)
	return nil
}

func (r *report) writeCells(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, column := range r.Suite.Columns {
		fmt.Fprint(t, column.head, "\t")
	}
	fmt.Fprintln(t)
	for _, c := range r.Suite.Cells {
		for _, column := range r.Suite.Columns {
			fmt.Fprint(t, column.of(r, c), "\t")
		}
		fmt.Fprintln(t)
	}
	fmt.Fprintln(t)
	return t.Flush()
}

func serverColumns() []column {
	return []column{
		{"server", func(_ *report, c cell) string { return c.Name }},
		{"connections", func(_ *report, c cell) string {
			if c.Close {
				return fmt.Sprintf("%d, one request each", c.Connections)
			}
			return fmt.Sprint(c.Connections)
		}},
		median("requests/s", "%.0f", func(s sample) float64 { return s.Rate }),
		median("CPU µs/request", "%.2f", func(s sample) float64 { return s.CPU * 1e6 }),
		median("p50 µs", "%.0f", func(s sample) float64 { return s.P50.Seconds() * 1e6 }),
		median("server busy", "%.0f %%", func(s sample) float64 { return s.Account.Server * 100 }),
		median("wrk busy", "%.0f %%", func(s sample) float64 { return s.Account.Generator * 100 }),
	}
}

// median is a column of a figure's median over the blocks.
func median(head, format string, value func(sample) float64) column {
	return column{head, func(r *report, c cell) string { return fmt.Sprintf(format, r.of(c, value)) }}
}

func (r *report) writeRows(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "promise\tmedian\tinterval\tof blocks\tby CPU\ttarget\t")
	for _, row := range r.Suite.Rows {
		sign := "≥"
		if row.Most {
			sign = "≤"
		}
		s := row.over(r.blocks)
		writeRow(t, row.What, s, strings.TrimSpace(fmt.Sprintf("%s %v %s", sign, row.Target, row.Unit)), row.verdict(s))
	}
	writeRow(t, r.Suite.Noise.What, r.Suite.Noise.over(r.blocks), "1 ×", "the host's noise")
	return t.Flush()
}

func writeRow(w io.Writer, what string, s standing, target, verdict string) {
	byCPU := "-"
	if !math.IsNaN(s.ByCPU) {
		byCPU = fmt.Sprintf("%.2f", s.ByCPU)
	}
	fmt.Fprintf(w, "%s\t%.2f\t%.2f – %.2f\t%d\t%s\t%s\t%s\n", what, s.Estimate, s.Low, s.High, s.Blocks, byCPU, target, verdict)
}

// saturated is the share of a core from which on a process counts as having all of it.
const saturated = 0.95

// writeDoubts says what speaks against the figures above.
func (r *report) writeDoubts(w io.Writer) {
	fmt.Fprintln(w)
	for _, why := range r.skipped {
		fmt.Fprintln(w, "skipped:", why)
	}
	fmt.Fprintln(w, "The interval holds the median with 95 % confidence or more; with fewer than six blocks it is their range.")
	tainted, total := 0, 0
	for _, b := range r.blocks {
		for _, s := range b.samples {
			total++
			if s.Account.tainted() {
				tainted++
			}
		}
	}
	if tainted > 0 {
		fmt.Fprintf(w, "warning: in %d of %d measurements other processes took more than %.2f, or the hypervisor more than %.2f, of a core;\n  a row rests on the others where there are %d or more\n",
			tainted, total, mostForeign, mostSteal, fewest)
	}
	for _, c := range r.Suite.Cells {
		server := r.of(c, func(s sample) float64 { return s.Account.Server })
		generator := r.of(c, func(s sample) float64 { return s.Account.Generator })
		if c.Connections > lone && generator > saturated && server < saturated {
			fmt.Fprintf(w, "warning: wrk was the bottleneck of %s: its requests/s are a lower bound\n", c.Name)
		}
	}
}

// cpuModel names the processor, as far as Linux tells.
func cpuModel() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(info)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// kernel is the kernel's release.
func kernel() string {
	release, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return "(unknown)"
	}
	return strings.TrimSpace(string(release))
}
