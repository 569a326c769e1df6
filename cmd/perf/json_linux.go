package main

import (
	"encoding/json"
	"io"
	"runtime"
)

// The report as JSON holds every sample beside the rows, so that others can do their own sums.
type (
	jsonReport struct {
		Suite   string       `json:"suite"`
		Blocks  int          `json:"blocks"`
		Seconds float64      `json:"seconds"`
		Seed    uint64       `json:"seed"`
		CPU     string       `json:"cpu"`
		Kernel  string       `json:"kernel"`
		Go      string       `json:"go"`
		Rows    []jsonRow    `json:"rows"`
		Noise   jsonRow      `json:"noise"` // a cell against itself
		Samples []jsonSample `json:"samples"`
		Skipped []string     `json:"skipped,omitempty"` // and what mends it
	}
	jsonRow struct {
		What       string   `json:"what"`
		Unit       string   `json:"unit,omitempty"`
		AtMost     bool     `json:"at_most"`
		Target     float64  `json:"target"`
		Median     float64  `json:"median"`
		Low        float64  `json:"low"`
		High       float64  `json:"high"`
		Confidence float64  `json:"confidence"` // exact, of Low to High
		Blocks     int      `json:"blocks"`
		Disturbed  bool     `json:"disturbed"`
		ByCPU      *float64 `json:"by_cpu,omitempty"`
		Met        bool     `json:"met"`
		Verdict    string   `json:"verdict"`
	}
	jsonSample struct {
		Block          int     `json:"block"`
		Server         string  `json:"server"`
		RequestsPerSec float64 `json:"requests_per_second"`
		CPUSeconds     float64 `json:"cpu_seconds_per_request"`
		P50Seconds     float64 `json:"p50_seconds,omitempty"`
		OfForm         float64 `json:"figure_over_closed_form,omitempty"`
		account
	}
)

func (r *report) writeJSON(w io.Writer) error {
	out := jsonReport{
		Suite: r.Suite.Name, Blocks: r.Blocks, Seconds: r.Window.Seconds(), Seed: r.Seed,
		CPU: cpuModel(), Kernel: kernel(), Go: runtime.Version(), Noise: r.jsonRow(r.Suite.Noise), Skipped: r.skipped,
	}
	for _, row := range r.Suite.Rows {
		out.Rows = append(out.Rows, r.jsonRow(row))
	}
	for i, b := range r.blocks {
		for _, c := range r.Suite.Cells {
			s := b.samples[c.Name]
			out.Samples = append(out.Samples, jsonSample{i + 1, c.Name, s.Rate, s.CPU, s.P50.Seconds(), s.OfForm, s.Account})
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}

func (r *report) jsonRow(row row) jsonRow {
	s := row.over(r.blocks)
	out := jsonRow{
		What: row.What, Unit: row.Unit, AtMost: row.Most, Target: row.Target, Median: s.Estimate, Low: s.Low, High: s.High, Confidence: s.Confidence,
		Blocks: s.Blocks, Disturbed: s.Disturbed, Met: row.met(s.Estimate), Verdict: row.verdict(s),
	}
	if row.byCPU != nil {
		out.ByCPU = &s.ByCPU
	}
	return out
}
