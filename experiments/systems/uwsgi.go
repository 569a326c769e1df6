package systems

import (
	"context"
	"strconv"

	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/trial"
)

// uwsgi is uWSGI with processes and threads. It speaks HTTP itself, or its own protocol to a web server in
// front.
type uwsgi struct {
	python
	socket bool // its own protocol
}

var _ rig.AppSoftware = uwsgi{}

// Name implements experiments.Software.
func (uwsgi) Name() string { return "uwsgi" }

// Version implements experiments.Software.
func (u uwsgi) Version(ctx context.Context) (string, error) {
	if err := installed(u.Name(), part{"uwsgi", "uwsgi uwsgi-plugin-python3"}); err != nil {
		return "", err
	}
	if _, err := version(ctx, "", "uwsgi", "--plugin", "python3", "--version"); err != nil {
		return "", notInstalled(u.Name(), []string{"plugin python3"}, []string{"uwsgi-plugin-python3"})
	}
	return version(ctx, "", "uwsgi", "--version")
}

// Supports implements experiments.Software.
func (uwsgi) Supports(t trial.Trial) error {
	var u unable
	u.asPython(t)
	u.frameworks(t)
	u.quiet(t)
	s := t.Server
	u.ofThreads(s.Class)
	u.unless(s.Timeout == 0, "a timeout for workers that keep silent: its harakiri is one for requests")
	u.unless(s.KeepAlive == 0 && s.Connections == 0 && s.Jitter == 0, "gunicorn's settings for connections and restarts")
	u.unless(!s.ReusePort, "a listening socket per worker")
	return u.err()
}

// Server implements experiments.Software.
func (u uwsgi) Server(t trial.Trial, b launch.Cores) rig.System {
	start := startUWSGI
	if u.socket {
		start = startUWSGISocket
	}
	return &server{software: u.Name(), trial: t, bench: b, start: start}
}

func uwsgiArgs(t trial.Trial, flag, addr, dir string) []string {
	s := t.Server
	args := []string{
		"uwsgi", "--plugin", "python3", flag, addr, "--master", "--processes", strconv.Itoa(s.Workers),
		"--chdir", dir, "--module", "app", "--need-app", "--disable-logging", "--die-on-term",
		"--add-header", "Connection: close", // it closes, and does not say so by itself
	}
	if s.Threads > 1 {
		args = append(args, "--enable-threads", "--threads", strconv.Itoa(s.Threads))
	}
	if !s.Preload {
		args = append(args, "--lazy-apps")
	}
	if s.Backlog > 0 {
		args = append(args, "--listen", strconv.Itoa(s.Backlog))
	}
	if s.MaxRequests > 0 {
		args = append(args, "--max-requests", strconv.Itoa(s.MaxRequests))
	}
	return args
}
