package systems

import (
	"context"
	"strconv"

	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/trial"
)

// fcgiwrap runs CGI scripts for a web server in front that speaks FastCGI: so many processes, each of which
// starts one for each request.
type fcgiwrap struct{ python }

var _ rig.AppSoftware = fcgiwrap{}

// Name implements experiments.Software.
func (fcgiwrap) Name() string { return "fcgiwrap" }

// Version implements experiments.Software.
func (f fcgiwrap) Version(ctx context.Context) (string, error) {
	if err := installed(f.Name(), part{"fcgiwrap", "fcgiwrap"}); err != nil {
		return "", err
	}
	return version(ctx, "fcgiwrap version ", "fcgiwrap", "-h")
}

// Supports implements experiments.Software.
func (fcgiwrap) Supports(t trial.Trial) error {
	var u unable
	u.scripts(t)
	return u.err()
}

// Server implements experiments.Software.
func (f fcgiwrap) Server(t trial.Trial, b launch.Cores) rig.System {
	return &server{software: f.Name(), trial: t, bench: b, tree: true, careless: true, start: startFCGIWrap}
}

func fcgiwrapArgs(t trial.Trial, socket string) []string {
	return []string{"fcgiwrap", "-f", "-c", strconv.Itoa(t.Server.Workers), "-s", "unix:" + socket}
}
