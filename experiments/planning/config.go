package planning

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/workerlab/workerlab/experiments/calibrate"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/results"
)

// Configured reports whether there is a recommendation that gunicorn can be configured by: of a class that it has.
func (p *Plan) Configured() bool {
	if p.sizes.Best == nil {
		return false
	}
	m, _ := catalog.Named(p.sizes.Best.Class)
	return p.program() == calibrate.Gunicorn || !m.Awaits
}

// WriteConfig writes the recommendation to a file, as gunicorn reads it.
func (p *Plan) WriteConfig(path string) error {
	return results.WriteFile(path, func(w io.Writer) error {
		_, err := io.WriteString(w, p.config())
		return err
	})
}

// config is the recommendation as gunicorn reads it.
func (p *Plan) config() string {
	best := p.sizes.Best
	var b strings.Builder
	fmt.Fprintf(&b, "# For %g requests/s with %s, %s\n", p.Goal.Rate, p.SLO, byPlan)
	fmt.Fprintf(&b, "worker_class = %q\nworkers = %d\n", p.Command.Class.NameOf(best.Class), best.Workers)
	if best.Threads > 1 {
		fmt.Fprintf(&b, "threads = %d\n", best.Threads)
	}
	return b.String()
}

// flags are the recommendation as `workerlab serve` takes it.
func (p *Plan) flags() string {
	best := p.sizes.Best
	return fmt.Sprintf("-k %s -w %d --threads %d", best.Class, best.Workers, best.Threads)
}

// Try starts the deployment once by the configuration, and stops it as soon as it answers: what is written was seen to
// start. What runs already is not started, nor is a command that has a configuration of its own, whose settings ours
// would hide; of that the same settings are tried as flags.
func (p *Plan) Try(ctx context.Context) error {
	if p.Found != nil || !p.Configured() || p.program() != calibrate.Gunicorn {
		return nil
	}
	dir, err := os.MkdirTemp("", "workerlab-plan-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	file := filepath.Join(dir, gunicornConfig)
	if err := p.WriteConfig(file); err != nil {
		return err
	}
	s := calibrate.Started{Command: p.Command, Paths: p.Design.Paths}
	if own := slices.ContainsFunc(p.Command.Args, func(arg string) bool { return strings.HasPrefix(arg, "-c") || strings.HasPrefix(arg, "--c") }); own {
		file = ""
	}
	if err := s.Try(ctx, p.sizes.Best.Size, file); err != nil {
		return errors.Join(fmt.Errorf("what is recommended does not start, so no %s is written", gunicornConfig), err)
	}
	return nil
}
