package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/workerlab/workerlab/models/scenario"
	"github.com/workerlab/workerlab/models/sim"
	"github.com/workerlab/workerlab/models/study"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// course simulates and prints how the server fares from the beginning on.
func (f *scenarioFlags) course(cmd *cobra.Command, s *scenario.Scenario) error {
	if f.trace != "" {
		return usage(errors.New("--trace is of a run that settles: leave out --transient"))
	}
	if f.figure != "" && !isFolder(filepath.Dir(f.figure)) {
		return usage(fmt.Errorf("--figure %s: there is no folder %s", f.figure, filepath.Dir(f.figure)))
	}
	line := newProgressLine(cmd.ErrOrStderr())
	defer line.end()
	span, settings := study.Span{Horizon: time.Duration(f.transient), Steps: f.steps, Initial: f.initial}, f.settings(line)
	if err := study.CheckCourse(s, span, settings); err != nil {
		return usage(err)
	}
	began := time.Now()
	c, err := study.Course(cmd.Context(), s, span, settings)
	line.end()
	if err != nil {
		return interrupted(cmd.Context(), err)
	}
	if f.figure != "" {
		drawn := courseChart(c)
		if err := drawn.WriteSVG(f.figure); err != nil {
			return err
		}
	}
	note := fmt.Sprintf("%d replications from the beginning on, %.3g requests in %v; intervals of 95 %%", c.Replications, float64(c.Requests), time.Since(began).Round(time.Millisecond))
	if patience := s.Load.Patience(); patience > 0 {
		note += fmt.Sprintf("; clients give up after %v (load.patience)", patience)
	}
	switch w := cmd.OutOrStdout(); f.format {
	case "json":
		return writeJSON(w, courseJSON(c, note))
	case "csv":
		return writeCourse(w, c)
	default:
		printCourse(w, c)
		text.Paragraph(w, note)
	}
	return nil
}

// courseChart draws the course: what is in the server, what leaves it, and how long that took.
func courseChart(c sim.Course) chart.Chart {
	curve := func(name string, of func(sim.Moment) stat.Interval) (x chart.Series) {
		x.Name = name
		for _, m := range c.Steps {
			if e := of(m); e.Known() {
				x.X, x.Y = append(x.X, m.End.Seconds()), append(x.Y, e)
			}
		}
		return x
	}
	panel := func(title, y string, series ...chart.Series) chart.Chart {
		return chart.Chart{Title: title, XLabel: "time (s)", YLabel: y, Series: series}
	}
	return chart.Chart{
		ID: "course", Title: "The course of a load", Caption: fmt.Sprintf("%d replications, simulated.", c.Replications),
		Panels: []chart.Chart{
			panel("In the server", "requests", curve("in the server", func(m sim.Moment) stat.Interval { return m.Held })),
			panel("Leaving it", "requests/s", curve("answered", func(m sim.Moment) stat.Interval { return m.Answered }),
				curve("given up", func(m sim.Moment) stat.Interval { return m.GivenUp })),
			panel("Response", "mean response (s)", curve("response", func(m sim.Moment) stat.Interval { return m.Mean })),
		},
	}
}

// A courseColumn is one of the figures of a step.
type courseColumn struct {
	name    string // in JSON and CSV
	title   string // in the table; "": it has no place there
	rarely  bool   // it has a place only where it happens
	seconds bool
	of      func(sim.Moment) stat.Interval
}

func courseColumns() []courseColumn {
	return []courseColumn{
		{"held", "in server", false, false, func(m sim.Moment) stat.Interval { return m.Held }},
		{"waiting", "", false, false, func(m sim.Moment) stat.Interval { return m.Waiting }},
		{"sent_per_second", "", false, false, func(m sim.Moment) stat.Interval { return m.Sent }},
		{"answered_per_second", "answered/s", false, false, func(m sim.Moment) stat.Interval { return m.Answered }},
		{"given_up_per_second", "given up/s", true, false, func(m sim.Moment) stat.Interval { return m.GivenUp }},
		{"mean_response", "mean response", false, true, func(m sim.Moment) stat.Interval { return m.Mean }},
		{"p95", "", false, true, func(m sim.Moment) stat.Interval { return m.P95 }},
		{"retries_per_second", "retries/s", true, false, func(m sim.Moment) stat.Interval { return m.Retried }},
		{"restarts", "restarts", true, false, func(m sim.Moment) stat.Interval { return m.Restarts }},
	}
}

// printCourse prints a line a step, of 80 characters at most.
func printCourse(w io.Writer, c sim.Course) {
	var shown []courseColumn
	line := fmt.Sprintf("%6s", "until")
	for _, x := range courseColumns() {
		if x.title != "" && !(x.rarely && c.Calm(x.of)) {
			shown = append(shown, x)
			line += fmt.Sprintf("  %*s", x.width(), x.title)
		}
	}
	fmt.Fprintln(w, line)
	for _, m := range c.Steps {
		line := fmt.Sprintf("%6s", stat.Format(m.End.Seconds(), "seconds"))
		for _, x := range shown {
			line += fmt.Sprintf("  %*s", x.width(), x.text(m))
		}
		fmt.Fprintln(w, line)
	}
}

func (x courseColumn) width() int {
	if x.seconds {
		return len("1.23±0.45 ms") + 2
	}
	return max(len(x.title), len("12345±9"))
}

// text is the figure and half of its interval; "–" where there is nothing to tell of.
func (x courseColumn) text(m sim.Moment) string {
	e := x.of(m)
	switch {
	case !e.Known():
		return "–"
	case !x.seconds:
		return short(e.Estimate) + "±" + short(e.Half())
	case e.Estimate < 1:
		return short(1e3*e.Estimate) + "±" + short(1e3*e.Half()) + " ms"
	}
	return short(e.Estimate) + "±" + short(e.Half()) + " s"
}

func short(x float64) string {
	switch {
	case x >= 99.95:
		return strconv.FormatFloat(x, 'f', 0, 64)
	case x >= 9.95:
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	return strconv.FormatFloat(x, 'g', 2, 64)
}

func courseJSON(c sim.Course, note string) any {
	out := struct {
		Origin       string           `json:"origin"`
		StepSeconds  float64          `json:"step_seconds"`
		Replications int              `json:"replications"`
		Steps        []map[string]any `json:"steps"`
		Note         string           `json:"note"`
	}{Origin: "simulated", StepSeconds: c.Step.Seconds(), Replications: c.Replications, Note: note}
	for _, m := range c.Steps {
		step := map[string]any{"until_seconds": m.End.Seconds()}
		for _, x := range courseColumns() {
			if e := x.of(m); e.Known() {
				step[x.name] = estimated(e)
			}
		}
		out.Steps = append(out.Steps, step)
	}
	return out
}

func writeCourse(w io.Writer, c sim.Course) error {
	out := csv.NewWriter(w)
	err := out.Write([]string{"until", "name", "value", "low", "high"})
	for _, m := range c.Steps {
		for _, x := range courseColumns() {
			if e := x.of(m); e.Known() {
				until := strconv.FormatFloat(m.End.Seconds(), 'g', -1, 64)
				err = errors.Join(err, out.Write(append([]string{until, x.name}, bounded(e)...)))
			}
		}
	}
	out.Flush()
	return errors.Join(err, out.Error())
}
