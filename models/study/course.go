package study

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/workerlab/workerlab/models/scenario"
	"github.com/workerlab/workerlab/models/sim"
	"github.com/workerlab/workerlab/results/stat"
)

// A Span is what is watched of a load's course: so long from its beginning on, in so many steps, with requests that
// wait at the beginning.
type Span struct {
	Horizon time.Duration
	Steps   int
	Initial int
}

const (
	mostSteps   = 10_000
	mostInitial = 1_000_000
)

// CheckTransient reports what cannot be watched with these settings, with a remedy.
func CheckTransient(s *scenario.Scenario, span Span, with Settings) error {
	switch n := s.Load.Rate * span.Horizon.Seconds(); {
	case span.Steps < 1 || span.Steps > mostSteps || span.Horizon < time.Duration(span.Steps)*time.Microsecond:
		return fmt.Errorf("--steps %d in --transient %v: want from 1 to %d, of a microsecond at least", span.Steps, span.Horizon, mostSteps)
	case span.Initial < 0 || span.Initial > mostInitial:
		return fmt.Errorf("--initial %d: want from 0 to %d requests", span.Initial, mostInitial)
	case span.Initial > 0 && s.Load.Clients > 0:
		return fmt.Errorf("--initial %d: a closed loop begins with the requests of its %d clients: raise load.clients, or take an open load", span.Initial, s.Load.Clients)
	case n > MostRequests:
		return fmt.Errorf("--transient %v: about %.2g requests, and a replication has at most %.0g: want %v or less",
			span.Horizon, n, float64(MostRequests), time.Duration(float64(span.Horizon)*MostRequests/n).Truncate(time.Millisecond))
	}
	return with.check()
}

// A Course is how a scenario's server fares from the beginning of its load on, and what that rests on.
type Course struct {
	sim.Course
	Note string
}

// Transient simulates the course of a load. It ends with ctx, whose cause it returns.
func Transient(ctx context.Context, s *scenario.Scenario, span Span, with Settings) (Course, error) {
	began := time.Now()
	config, load := s.Simulation()
	load.Initial = span.Initial
	watch := sim.Watch{Horizon: span.Horizon, Steps: span.Steps, Replications: with.Replications, Confidence: confidence}
	if with.Progress != nil {
		watch.Each = func(n int) { with.Progress(n+1, with.Replications) }
	}
	c, err := sim.Transient(ctx, config, load, s.Seed, watch)
	note := fmt.Sprintf("%d replications from the beginning on, %.3g requests in %v; intervals of 95 %%", c.Replications, float64(c.Requests), time.Since(began).Round(time.Millisecond))
	if patience := s.Load.Patience(); patience > 0 {
		note += fmt.Sprintf("; clients give up after %v (load.patience)", patience)
	}
	return Course{c, note + elsewhere(s)}, err
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

// Text writes a line a step, of 80 characters at most.
func (c Course) Text(w io.Writer) error {
	var shown []courseColumn
	line := fmt.Sprintf("%6s", "until")
	for _, x := range courseColumns() {
		if x.title != "" && !(x.rarely && c.Calm(x.of)) {
			shown = append(shown, x)
			line += fmt.Sprintf("  %*s", x.width(), x.title)
		}
	}
	lines := []string{line}
	for _, m := range c.Steps {
		line := fmt.Sprintf("%6s", stat.Format(m.End.Seconds(), "seconds"))
		for _, x := range shown {
			line += fmt.Sprintf("  %*s", x.width(), x.text(m))
		}
		lines = append(lines, line)
	}
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
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

// JSON is the course as an encoder takes it.
func (c Course) JSON() any {
	out := struct {
		Origin       string           `json:"origin"`
		StepSeconds  float64          `json:"step_seconds"`
		Replications int              `json:"replications"`
		Steps        []map[string]any `json:"steps"`
		Note         string           `json:"note"`
	}{Origin: "simulated", StepSeconds: c.Step.Seconds(), Replications: c.Replications, Note: c.Note}
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

// CSV writes a line a figure of a step.
func (c Course) CSV(w io.Writer) error {
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
