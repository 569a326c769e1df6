package systems

import (
	"context"

	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/trial"
)

// hosted is our own server with the Python application instead of its own.
type hosted struct{ python }

var _ rig.AppSoftware = hosted{}

// Name implements experiments.Software.
func (hosted) Name() string { return "workerlab+python" }

// Version implements experiments.Software.
func (h hosted) Version(ctx context.Context) (string, error) {
	if err := installed(h.Name(), part{interpreter(), "python3"}); err != nil {
		return "", err
	}
	ours, err := rig.Workerlab().Version(ctx)
	if err != nil {
		return "", err
	}
	theirs, err := version(ctx, "Python ", interpreter(), "--version")
	return ours + " + " + theirs, err
}

// Supports implements experiments.Software.
func (hosted) Supports(t trial.Trial) error {
	var u unable
	u.asPython(t)
	u.frameworks(t)
	return u.err()
}

// Server implements experiments.Software.
func (h hosted) Server(t trial.Trial, b launch.Cores) rig.System {
	return &server{software: h.Name(), trial: t, bench: b, tree: true, start: startHosted}
}

// hostingArgs are those of `workerlab serve` for the Python application: what the lab app's flags say
// reaches it by its environment.
func hostingArgs(t trial.Trial, b launch.Cores, dir string) []string {
	s := t.Server
	s.GIL, s.Switch, s.AppMemory, s.Boot = false, 0, 0, 0
	return append(trial.ServerArgs(s, b.CPURate), "--python", interpreter(), "--chdir", dir, "lab:"+callable(t))
}
