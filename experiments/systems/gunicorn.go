package systems

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"

	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/models/spec"
)

// gunicorn is gunicorn with any of its five worker classes.
type gunicorn struct{ python }

var _ rig.AppSoftware = gunicorn{}

//go:embed lab/gunicorn.py
var gunicornHooks string

// Name implements experiments.Software.
func (gunicorn) Name() string { return "gunicorn" }

// Version implements experiments.Software.
func (g gunicorn) Version(ctx context.Context) (string, error) {
	err := installed(g.Name(), part{"gunicorn", "gunicorn"})
	if err != nil {
		return "", err
	}
	const libraries = "import gevent, eventlet, tornado, django, flask"
	if _, err := version(ctx, "", interpreter(), "-c", libraries); err != nil {
		return "", notInstalled(g.Name(), []string{"library of a worker class"},
			[]string{"python3-gevent", "python3-eventlet", "python3-tornado", "python3-django", "python3-flask"})
	}
	return version(ctx, "version ", "gunicorn", "--version")
}

// Supports implements experiments.Software.
func (gunicorn) Supports(t trial.Trial) error {
	var u unable
	u.asPython(t)
	u.frameworks(t)
	m, _ := catalog.Named(t.Server.Class)
	u.unless(!m.Ours, "worker class %s, which is of workerlab alone", t.Server.Class)
	u.unless(whole(t.Server.Timeout) && whole(t.Server.KeepAlive), "times that are not whole seconds")
	return u.err()
}

func whole(d time.Duration) bool { return d == spec.Never || d%time.Second == 0 }

// Server implements experiments.Software.
func (g gunicorn) Server(t trial.Trial, b launch.Cores) rig.System {
	return &server{software: g.Name(), trial: t, bench: b, start: startGunicorn}
}

// gunicornConfig is gunicorn.conf.py for a trial, its hooks left out.
func gunicornConfig(t trial.Trial) string {
	s := t.Server
	var b strings.Builder
	set := func(name string, value any) { fmt.Fprintf(&b, "%s = %#v\n", name, value) }
	set("bind", "127.0.0.1:0")
	set("worker_class", s.Class)
	set("workers", s.Workers)
	set("threads", max(1, s.Threads))
	set("worker_tmp_dir", "/dev/shm") // a disk that is slow to write is no affair of ours
	for _, option := range []struct {
		name string
		set  bool
		to   any
	}{
		{"timeout", s.Timeout != 0, seconds(s.Timeout)},
		{"keepalive", s.KeepAlive != 0, seconds(s.KeepAlive)},
		{"worker_connections", s.Connections > 0, s.Connections},
		{"backlog", s.Backlog > 0, s.Backlog},
		{"max_requests", s.MaxRequests > 0, s.MaxRequests},
		{"max_requests_jitter", s.Jitter > 0, s.Jitter},
	} {
		if option.set {
			set(option.name, option.to)
		}
	}
	for name, on := range map[string]bool{"preload_app": s.Preload, "reuse_port": s.ReusePort} {
		if on {
			fmt.Fprintf(&b, "%s = True\n", name)
		}
	}
	return b.String()
}

// seconds is a time in whole seconds, of which 0 is never.
func seconds(d time.Duration) int { return int(max(0, d).Seconds()) }
