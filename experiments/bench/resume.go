package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"

	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/results"
)

// resume finds out what the run in the folder was to do. It refuses one that would go on as another
// run: with other claims or another order, by another program or on another machine.
func (r *Run) resume(ctx context.Context, o Order) (err error) {
	if o.Out != "" {
		return mistake(errors.New("--resume goes on in the folder it names: leave out --out"))
	}
	r.dir = o.Resume
	r.manifest, err = results.ReadManifest(r.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return mistake(fmt.Errorf("%s is no run's folder: %w", r.dir, err))
	}
	if err != nil {
		return err
	}
	if err := r.sameAgain(ctx, o); err != nil {
		return err
	}
	if now := r.today(); !r.manifest.Complete() || r.measures() {
		if changed := differences(r.manifest, now); len(changed) > 0 {
			return mistake(fmt.Errorf("%s cannot be resumed: %s; begin a new run", r.dir, strings.Join(changed, "; ")))
		}
	}
	return r.recall()
}

// sameAgain takes profile, seed and claims from what was ordered and else from the run.
func (r *Run) sameAgain(ctx context.Context, o Order) (err error) {
	r.seed = cmp.Or(o.Seed, r.manifest.Seed)
	if r.profile, err = ProfileOf(cmp.Or(o.Profile, r.manifest.Profile)); err != nil {
		return err
	}
	if r.chosen, err = Choose(given(o.Claims, r.manifest.Claims)); err != nil {
		return err
	}
	if err := r.takeOrigins(o.Origins); err != nil {
		return err
	}
	return r.line(ctx, given(o.Systems, r.manifest.Systems), len(r.manifest.Compared) > 0)
}

// given is what was ordered, or else what there is.
func given(ordered, otherwise []string) []string {
	if ordered != nil {
		return ordered
	}
	return otherwise
}

// recall loads the records of earlier sessions.
func (r *Run) recall() (err error) {
	r.earlier, err = results.Load(r.dir)
	switch {
	case results.CutShort(err):
		r.warnings = append(r.warnings, fmt.Sprintf("%v; that run is done again, the %d records before it are kept", err, len(r.earlier)))
		return nil
	case err != nil:
		return fmt.Errorf("%w; put the file back as it was, or begin a new run; %d of its records are whole, and workerlab report --damaged %s judges them", err, len(r.earlier), r.dir)
	}
	return nil
}

// differences names what would not be the same today, with both values.
func differences(then, now results.Manifest) (changed []string) {
	for _, field := range []struct{ name, then, now string }{
		{"profile was", then.Profile, now.Profile},
		{"seed was", fmt.Sprint(then.Seed), fmt.Sprint(now.Seed)},
		{"claims were", strings.Join(sorted(then.Claims), ","), strings.Join(sorted(now.Claims), ",")},
		{"systems were", versions(then), versions(now)},
		{"version was", then.Host.Version, now.Host.Version},
		{"commit was", commit(then), commit(now)},
	} {
		if field.then != field.now {
			changed = append(changed, fmt.Sprintf("its %s %s and would be %s now", field.name, quoted(field.then), quoted(field.now)))
		}
	}
	return append(changed, then.Host.Differences(now.Host)...)
}

// versions are those of all systems.
func versions(m results.Manifest) string {
	var list []string
	for _, name := range slices.Concat(m.Systems, m.Compared) {
		list = append(list, name+" "+m.Versions[name])
	}
	return strings.Join(sorted(list), ",")
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

func commit(m results.Manifest) string {
	if m.Host.Modified {
		return m.Host.Revision + " with changes"
	}
	return m.Host.Revision
}

func quoted(value string) string {
	if value == "" {
		return "not known"
	}
	return value
}

// keepSpeed notes in the manifest what the session found, and returns what a person should know now. A run
// that goes on keeps its calibration, so that a millisecond of work stays the same work.
func (r *Run) keepSpeed(session *rig.Session) []string {
	const odd = 0.05
	warnings := slices.Clone(session.Warnings)
	if then := r.manifest.CPURate; then > 0 {
		if change := session.CPURate/then - 1; math.Abs(change) > odd {
			warnings = append(warnings, fmt.Sprintf("this machine's speed differs by %+.0f %% from that at the beginning of the run", 100*change))
		}
		session.CPURate = then
	}
	if r.manifest.AppRate > 0 {
		session.AppRate = r.manifest.AppRate
	}
	r.manifest.CPURate, r.manifest.AppRate, r.manifest.Placement = session.CPURate, session.AppRate, session.Placement
	for _, w := range warnings {
		if !slices.Contains(r.manifest.Warnings, w) {
			r.manifest.Warnings = append(r.manifest.Warnings, w)
		}
	}
	return warnings
}
