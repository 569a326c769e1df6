package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/workerlab/workerlab/experiments/origins"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/results"
)

// Origins are what --origins takes, in the order in which records are made.
func Origins() []string {
	return []string{results.Measured, results.Simulated, results.Predicted}
}

// origined are the named origins, each once, in order.
func origined(names []string) (chosen []string, err error) {
	for _, name := range names {
		if !slices.Contains(Origins(), name) {
			return nil, mistake(fmt.Errorf("unknown origin %q: want some of %s", name, strings.Join(Origins(), ",")))
		}
	}
	for _, origin := range Origins() {
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
func (r *Run) takeOrigins(flag []string) error {
	asked, err := origined(flag)
	if err != nil {
		return err
	}
	before := originsOf(r.manifest)
	for _, origin := range asked {
		if !slices.Contains(before, origin) {
			r.added = append(r.added, origin)
		}
	}
	r.origins, err = origined(slices.Concat(before, r.added))
	return err
}

// measures reports whether this session measures: not if the run does not, nor if that is done.
func (r *Run) measures() bool {
	return slices.Contains(r.origins, results.Measured) &&
		(!r.manifest.Complete() || slices.Contains(r.added, results.Measured))
}

// modelsAlone reports whether nothing of the run is measured.
func (r *Run) modelsAlone() bool {
	return len(r.origins) > 0 && !slices.Contains(r.origins, results.Measured)
}

// carryOut makes the run's records, of one origin after the other. Where the time of the measured runs was
// used up, those that there are have models too.
func (r *Run) carryOut(ctx context.Context, w Watch) (err error) {
	if slices.Contains(r.origins, results.Measured) {
		err = r.measure(ctx, w)
	}
	if fuse := (*rig.FuseError)(nil); err == nil || errors.As(err, &fuse) {
		return errors.Join(err, interrupted(ctx, r.model(ctx, w)))
	}
	return err
}

// model makes the records that are not measured.
func (r *Run) model(ctx context.Context, w Watch) error {
	if !slices.Contains(r.origins, results.Simulated) && !slices.Contains(r.origins, results.Predicted) {
		return nil
	}
	table, err := r.store.Load()
	if err != nil {
		return err
	}
	m := origins.Maker{
		Plan: r.plan, Records: table, Seed: r.seed, Run: r.manifest.Run,
		Usable: len(r.manifest.Host.Usable), Somaxconn: r.manifest.Host.Somaxconn,
		Record: r.store.Append,
		Progress: func(origin string, done, total int) {
			w.doing("[%*d/%d] %s", len(fmt.Sprint(total)), done, total, origin)
		},
	}
	if slices.Contains(r.origins, results.Simulated) {
		if err := m.Simulate(ctx); err != nil {
			return err
		}
	}
	if m.Records, err = r.store.Load(); err != nil || !slices.Contains(r.origins, results.Predicted) {
		return err
	}
	return m.Predict()
}

// addModels adds models to a run that was complete without them. They say which program made them, if another
// did than the one that measured.
func (r *Run) addModels(ctx context.Context, w Watch) error {
	if err := r.open(); err != nil {
		return err
	}
	err := interrupted(ctx, r.model(ctx, w))
	if err == nil {
		r.manifest.Origins = r.origins
		if then, now := commit(r.manifest), commit(r.today()); then != now {
			r.manifest.Warnings = append(r.manifest.Warnings, fmt.Sprintf("measured by %s, %s by %s", quoted(then), strings.Join(r.added, " and "), quoted(now)))
		}
		err = r.store.WriteManifest(r.manifest)
	}
	return errors.Join(err, r.store.Close())
}
