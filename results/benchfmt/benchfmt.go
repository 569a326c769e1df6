package benchfmt

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/workerlab/workerlab/results"
)

// Write writes the valid records of table, those of one trial beside each other, each trial where its
// first record stands. The error is the writer's.
func Write(w io.Writer, table results.Table, m results.Manifest) error {
	out := bufio.NewWriter(w)
	writeConfiguration(out, m)
	valid := table.Valid()
	names := Names(valid)
	var order []string
	lines := make(map[string][]string)
	for i := range valid {
		name := names[i]
		values := measurements(&valid[i])
		if len(values) == 0 {
			continue // the format has no line without a figure
		}
		if lines[name] == nil {
			order = append(order, name)
		}
		lines[name] = append(lines[name], fmt.Sprintf("Benchmark%s %d %s", name, valid[i].Completed, strings.Join(values, " ")))
	}
	for _, name := range order {
		for _, line := range lines[name] {
			fmt.Fprintln(out, line)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write benchmarks: %w", err)
	}
	return nil
}

// Value returns the record's figure of a unit of the package comment. It is false where the run did
// not obtain it.
func Value(r *results.Record, unit string) (float64, bool) {
	for _, u := range units {
		if u.name == unit {
			return u.of(r)
		}
	}
	return 0, false
}

// writeConfiguration writes what holds for all lines below it, and which way of each unit is better.
func writeConfiguration(w io.Writer, m results.Manifest) {
	for _, line := range [][2]string{
		{"goos", m.Host.OS},
		{"goarch", m.Host.Arch},
		{"cpu", m.Host.CPU},
		{"profile", m.Profile},
		{"# workerlab", strings.TrimSpace(m.Host.Version + " " + m.Host.Revision)},
		{"# host", m.Host.String()},
		{"# run", m.Run},
		{"# started", m.Started.UTC().Format(time.RFC3339)},
		{"# seed", fmt.Sprint(m.Seed)},
	} {
		if value := strings.Join(strings.Fields(line[1]), " "); value != "" {
			fmt.Fprintf(w, "%s: %s\n", line[0], value)
		}
	}
	for _, u := range units {
		fmt.Fprintf(w, "Unit %s better=%s\n", u.name, u.better)
	}
	fmt.Fprintln(w)
}

// A unit is one figure of a record.
type unit struct {
	name   string
	better string // higher or lower
	of     func(*results.Record) (float64, bool)
}

var units = []unit{
	{"requests/s", "higher", value("throughput")},
	{"p50-sec/op", "lower", quantile(0.5)},
	{"p99-sec/op", "lower", quantile(0.99)},
	{"cpu-sec/op", "lower", value("cpu_per_request")},
	{"pss-bytes", "lower", value("pss")},
}

func value(name string) func(*results.Record) (float64, bool) {
	return func(r *results.Record) (float64, bool) { return r.Value(name) }
}

func quantile(q float64) func(*results.Record) (float64, bool) {
	return func(r *results.Record) (float64, bool) { return r.Response.Quantile(q) }
}

// measurements are the record's figures with their units: "185 requests/s".
func measurements(r *results.Record) []string {
	var all []string
	for _, u := range units {
		if v, ok := u.of(r); ok {
			all = append(all, fmt.Sprintf("%g %s", v, u.name))
		}
	}
	return all
}
