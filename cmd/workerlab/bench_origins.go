package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/workerlab/workerlab/experiments/origins"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/results"
)

// allOrigins are what --origins takes, in the order in which records are made.
func allOrigins() []string {
	return []string{results.Measured, results.Simulated, results.Predicted}
}

// parseOrigins are the named origins, each once, in order.
func parseOrigins(names []string) (chosen []string, err error) {
	for _, name := range names {
		if !slices.Contains(allOrigins(), name) {
			return nil, usage(fmt.Errorf("unknown origin %q: want some of %s", name, strings.Join(allOrigins(), ",")))
		}
	}
	for _, origin := range allOrigins() {
		if slices.Contains(names, origin) {
			chosen = append(chosen, origin)
		}
	}
	return chosen, nil
}

// originsOf are those of a run; older ones were measured alone.
func originsOf(m results.Manifest) []string {
	if len(m.Origins) == 0 {
		return []string{results.Measured}
	}
	return m.Origins
}

// takeOrigins takes the run's origins, and those that the flag adds: none is taken away from a run.
func (b *bench) takeOrigins(flag []string) error {
	asked, err := parseOrigins(flag)
	if err != nil {
		return err
	}
	before := originsOf(b.manifest)
	for _, origin := range asked {
		if !slices.Contains(before, origin) {
			b.added = append(b.added, origin)
		}
	}
	b.origins, err = parseOrigins(slices.Concat(before, b.added))
	return err
}

// measures reports whether this session measures: not if the run does not, nor if that is done.
func (b *bench) measures() bool {
	return slices.Contains(b.origins, results.Measured) &&
		(!b.manifest.Complete() || slices.Contains(b.added, results.Measured))
}

// modelsAlone reports whether nothing of the run is measured.
func (b *bench) modelsAlone() bool {
	return len(b.origins) > 0 && !slices.Contains(b.origins, results.Measured)
}

// carryOut makes the run's records, of one origin after the other. Where the time of the measured runs was
// used up, those that there are have models too.
func (b *bench) carryOut(cmd *cobra.Command, line *progressLine) (err error) {
	if slices.Contains(b.origins, results.Measured) {
		err = b.measure(cmd, line)
	}
	if fuse := (*rig.FuseError)(nil); err == nil || errors.As(err, &fuse) {
		return errors.Join(err, interrupted(cmd.Context(), b.model(cmd.Context(), line)))
	}
	return err
}

// model makes the records that are not measured.
func (b *bench) model(ctx context.Context, line *progressLine) error {
	if !slices.Contains(b.origins, results.Simulated) && !slices.Contains(b.origins, results.Predicted) {
		return nil
	}
	table, err := b.store.Load()
	if err != nil {
		return err
	}
	m := origins.Maker{
		Plan: b.plan, Records: table, Seed: b.seed, Run: b.manifest.Run,
		Usable: len(b.manifest.Host.Usable), Somaxconn: b.manifest.Host.Somaxconn,
		Record: b.store.Append,
		Progress: func(origin string, done, total int) {
			line.say(fmt.Sprintf("[%*d/%d] %s", len(fmt.Sprint(total)), done, total, origin))
		},
	}
	if slices.Contains(b.origins, results.Simulated) {
		if err := m.Simulate(ctx); err != nil {
			return err
		}
	}
	if m.Records, err = b.store.Load(); err != nil || !slices.Contains(b.origins, results.Predicted) {
		return err
	}
	return m.Predict()
}

// addModels adds models to a run that was complete without them. They say which program made them, if another
// did than the one that measured.
func (b *bench) addModels(cmd *cobra.Command) error {
	if err := b.open(); err != nil {
		return err
	}
	line := newProgressLine(cmd.ErrOrStderr())
	err := interrupted(cmd.Context(), b.model(cmd.Context(), line))
	line.end()
	if err == nil {
		b.manifest.Origins = b.origins
		if then, now := commit(b.manifest), commit(b.today()); then != now {
			b.manifest.Warnings = append(b.manifest.Warnings, fmt.Sprintf("measured by %s, %s by %s", quoted(then), strings.Join(b.added, " and "), quoted(now)))
		}
		err = b.store.WriteManifest(b.manifest)
	}
	return errors.Join(err, b.store.Close())
}
