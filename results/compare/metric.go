package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/benchfmt"
)

// A Metric is a figure that is compared.
type Metric struct {
	Name   string // on the command line
	Title  string // for a person
	Unit   string // base unit, as stat.Format takes it
	Higher bool   // is better
	bench  string // its unit in the benchmark format: both tell the same figures
}

// Metrics lists them, the ones to look at first first. Latencies are each run's own quantile of the
// response time; a p99 needs 2000 requests a run.
func Metrics() []Metric {
	return []Metric{
		{"throughput", "throughput", "requests/s", true, "requests/s"},
		{"p50", "response p50", "seconds", false, "p50-sec/op"},
		{"p99", "response p99", "seconds", false, "p99-sec/op"},
		{"cpu", "CPU per request", "seconds", false, "cpu-sec/op"},
		{"pss", "memory (PSS)", "bytes", false, "pss-bytes"},
	}
}

// ParseMetrics finds metrics by name; none named means all.
func ParseMetrics(names []string) ([]Metric, error) {
	all := Metrics()
	var known []string
	for _, m := range all {
		known = append(known, m.Name)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("unknown metric %q: choose from %s", name, strings.Join(known, ", "))
		}
	}
	if len(names) == 0 {
		return all, nil
	}
	return slices.DeleteFunc(all, func(m Metric) bool { return !slices.Contains(names, m.Name) }), nil
}

func (m Metric) of(r *results.Record) (float64, bool) { return benchfmt.Value(r, m.bench) }
