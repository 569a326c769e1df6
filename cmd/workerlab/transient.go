package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/workerlab/workerlab/models/scenario"
	"github.com/workerlab/workerlab/models/sim"
	"github.com/workerlab/workerlab/models/study"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
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
	if err := study.CheckTransient(s, span, settings); err != nil {
		return usage(err)
	}
	c, err := study.Transient(cmd.Context(), s, span, settings)
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
	return f.print(cmd.OutOrStdout(), c, c.Note)
}

// courseChart draws the course: what is in the server, what leaves it, and how long that took.
func courseChart(c study.Course) chart.Chart {
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
