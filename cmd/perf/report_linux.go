package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"strings"
	"text/tabwriter"
)

// A report is what was measured, block by block.
type report struct {
	options
	serverCPU, attackOn int
	blocks              []block
}

func newReport(o options, serverCPU, attackOn int) *report {
	return &report{options: o, serverCPU: serverCPU, attackOn: attackOn}
}

func (r *report) add(b block) { r.blocks = append(r.blocks, b) }

// of is the median of a figure over the samples of a cell.
func (r *report) of(c cell, value func(sample) float64) float64 {
	return estimateOf(gather(r.blocks, func(b block) float64 { return value(b.samples[c.Name]) })).Median
}

func (r *report) write(w io.Writer) error {
	fmt.Fprintf(w, "%d blocks of %v a server, seed %d; %s; server on core %d, wrk on core %d\n%s, %s, Linux %s\n\n",
		r.Blocks, r.Window, r.Seed, r.Suite.Does, r.serverCPU, r.attackOn, cpuModel(), runtime.Version(), kernel())
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
	fmt.Fprintln(t, "server\tconnections\trequests/s\tCPU µs/request\tp50 µs\tserver busy\twrk busy\t")
	for _, c := range r.Suite.Cells {
		each := fmt.Sprint(c.Connections)
		if c.Close {
			each += ", one request each"
		}
		fmt.Fprintf(t, "%s\t%s\t%.0f\t%.2f\t%.0f\t%.0f %%\t%.0f %%\t\n", c.Name, each,
			r.of(c, func(s sample) float64 { return s.Rate }),
			r.of(c, func(s sample) float64 { return s.CPU.Seconds() * 1e6 }),
			r.of(c, func(s sample) float64 { return s.P50.Seconds() * 1e6 }),
			r.of(c, func(s sample) float64 { return s.Account.Server * 100 }),
			r.of(c, func(s sample) float64 { return s.Account.Generator * 100 }))
	}
	fmt.Fprintln(t)
	return t.Flush()
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
	fmt.Fprintf(w, "%s\t%.2f\t%.2f – %.2f\t%d\t%s\t%s\t%s\n", what, s.Median, s.Low, s.High, s.Blocks, byCPU, target, verdict)
}

// saturated is the share of a core from which on a process counts as having all of it.
const saturated = 0.95

// writeDoubts says what speaks against the figures above.
func (r *report) writeDoubts(w io.Writer) {
	fmt.Fprintln(w, "\nThe interval holds the median with 95 % confidence or more; with fewer than six blocks it is their range.")
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
