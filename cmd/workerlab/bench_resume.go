package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/results"
)

// resume finds out what the run in the folder was to do. It refuses one that would go on as another
// run: with other claims or another order, by another program or on another machine.
func (b *bench) resume(cmd *cobra.Command) (err error) {
	o := b.options
	if cmd.Flags().Changed("out") {
		return usage(errors.New("--resume goes on in the folder it names: leave out --out"))
	}
	b.dir = o.resume
	b.manifest, err = results.ReadManifest(b.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return usage(fmt.Errorf("%s is no run's folder: %w", b.dir, err))
	}
	if err != nil {
		return err
	}
	if err := b.sameAgain(cmd); err != nil {
		return err
	}
	if now := b.today(); !b.manifest.Complete() || b.measures() {
		if changed := differences(b.manifest, now); len(changed) > 0 {
			return usage(fmt.Errorf("%s cannot be resumed: %s; begin a new run", b.dir, strings.Join(changed, "; ")))
		}
	}
	return b.recall(cmd)
}

// sameAgain takes profile, seed and claims from the flags that were given and else from the run.
func (b *bench) sameAgain(cmd *cobra.Command) (err error) {
	profile, claims := b.manifest.Profile, b.manifest.Claims
	b.seed = b.manifest.Seed
	if cmd.Flags().Changed("profile") {
		profile = b.options.profile
	}
	if cmd.Flags().Changed("seed") {
		b.seed = b.options.seed
	}
	if cmd.Flags().Changed("only") {
		claims = b.options.only
	}
	if b.profile, err = parseProfile(profile); err != nil {
		return err
	}
	if b.chosen, err = choose(claims); err != nil {
		return err
	}
	var added []string
	if cmd.Flags().Changed("origins") {
		added = b.options.origins
	}
	if err := b.takeOrigins(added); err != nil {
		return err
	}
	systems := b.manifest.Systems
	if cmd.Flags().Changed("systems") {
		systems = b.options.systems
	}
	return b.line(cmd, systems)
}

// recall loads the records of earlier sessions.
func (b *bench) recall(cmd *cobra.Command) (err error) {
	b.earlier, err = results.Load(b.dir)
	switch {
	case results.CutShort(err):
		fmt.Fprintf(cmd.ErrOrStderr(), "warning: %v; that run is done again, the %d records before it are kept\n", err, len(b.earlier))
		return nil
	case err != nil:
		return fmt.Errorf("%w; put the file back as it was, or begin a new run; %d of its records are whole, and workerlab report --damaged %s judges them", err, len(b.earlier), b.dir)
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

// settle notes in the manifest what the session found, and returns what a person should know now. A run
// that goes on keeps its calibration, so that a millisecond of work stays the same work.
func (b *bench) settle(session *rig.Session) []string {
	const odd = 0.05
	warnings := slices.Clone(session.Warnings)
	if then := b.manifest.CPURate; then > 0 {
		if change := session.CPURate/then - 1; math.Abs(change) > odd {
			warnings = append(warnings, fmt.Sprintf("this machine's speed differs by %+.0f %% from that at the beginning of the run", 100*change))
		}
		session.CPURate = then
	}
	if b.manifest.AppRate > 0 {
		session.AppRate = b.manifest.AppRate
	}
	b.manifest.CPURate, b.manifest.AppRate, b.manifest.Placement = session.CPURate, session.AppRate, session.Placement
	for _, w := range warnings {
		if !slices.Contains(b.manifest.Warnings, w) {
			b.manifest.Warnings = append(b.manifest.Warnings, w)
		}
	}
	return warnings
}
