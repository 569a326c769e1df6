package systems

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/experiments/rig"
)

// How each software is started: its files written, its program run, its workers waited for.

func startGunicorn(ctx context.Context, s *server) error {
	if err := s.write("gunicorn.conf.py", gunicornHooks+gunicornConfig(s.trial), 0o644); err != nil {
		return err
	}
	log := rig.NewServerLog()
	log.Workers = s.trial.Server.Workers
	args := []string{"gunicorn", "--config", "gunicorn.conf.py", "--log-level", "warning", "lab:" + callable(s.trial)}
	// Told to stop it looks after a while, and leaves nothing that our folder does not hold.
	if err := s.run(args, log, syscall.SIGKILL); err != nil {
		return err
	}
	return s.announced(ctx, log)
}

func startHosted(ctx context.Context, s *server) error {
	log := rig.NewServerLog()
	args := append([]string{"/proc/self/exe"}, hostingArgs(s.trial, s.bench, s.dir)...)
	if err := s.run(args, log, syscall.SIGINT); err != nil {
		return err
	}
	return s.announced(ctx, log)
}

// announced waits for a server whose log says when it is ready.
func (s *server) announced(ctx context.Context, log *rig.ServerLog) error {
	running, err := log.Wait(ctx, s.process)
	if err != nil {
		return err
	}
	s.running = *running
	s.running.Board = s.board
	return nil
}

func startUWSGI(ctx context.Context, s *server) error {
	addr, err := launch.FreeAddr()
	if err != nil {
		return err
	}
	return s.uwsgi(ctx, "--http-socket", "tcp4", addr, "http://"+addr)
}

// startUWSGISocket starts a uWSGI that speaks its own protocol: its address is for a web server in front.
func startUWSGISocket(ctx context.Context, s *server) error {
	return s.uwsgi(ctx, "--uwsgi-socket", "unix", s.path("socket"), "unix:"+s.path("socket"))
}

func (s *server) uwsgi(ctx context.Context, flag, network, addr, url string) error {
	// Either each process imports the application for itself, or it does so before they are forked.
	app, env := "from lab import "+callable(s.trial)+" as application\n", "LAB_JOIN=import"
	if s.trial.Server.Preload {
		app, env = app+"import lab, uwsgi\nuwsgi.post_fork_hook = lab.board.join\n", "LAB_JOIN=fork"
	}
	if err := s.write("app.py", app, 0o644); err != nil {
		return err
	}
	// Told to stop it looks after a second, and leaves nothing that our folder does not hold.
	if err := s.run(uwsgiArgs(s.trial, flag, addr, s.dir), &launch.LastLines{}, syscall.SIGKILL, env); err != nil {
		return err
	}
	s.running.URL, s.running.Board = url, s.board
	return s.serves(ctx, network, addr, s.trial.Server.Workers)
}

func startModWSGI(ctx context.Context, s *server) error {
	if err := s.write("app.wsgi", "from lab import "+callable(s.trial)+" as application\n", 0o644); err != nil {
		return err
	}
	s.running.Board = s.board
	return s.apache(ctx, wsgiConfig(s.trial, s.dir), s.trial.Server.Workers, "LAB_JOIN=import")
}

func startModCGI(ctx context.Context, s *server) error {
	if err := s.scripts(); err != nil {
		return err
	}
	if err := s.apache(ctx, cgiConfig(s.dir), 0); err != nil {
		return err
	}
	return s.answers(ctx)
}

func (s *server) apache(ctx context.Context, module string, workers int, env ...string) error {
	addr, err := launch.FreeAddr()
	if err != nil {
		return err
	}
	config := apacheConfig(s.trial, s.dir, addr, os.Getuid() == 0) + module
	if err := s.write("apache.conf", config, 0o644); err != nil {
		return err
	}
	args := []string{"apache2", "-D", "FOREGROUND", "-d", s.dir, "-f", s.path("apache.conf")}
	if err := s.run(args, &launch.LastLines{}, syscall.SIGTERM, env...); err != nil {
		return err
	}
	s.running.URL = "http://" + addr
	return s.serves(ctx, "tcp4", addr, workers)
}

func startFCGIWrap(ctx context.Context, s *server) error {
	if err := s.scripts(); err != nil {
		return err
	}
	socket := s.path("socket")
	if err := s.run(fcgiwrapArgs(s.trial, socket), &launch.LastLines{}, syscall.SIGTERM); err != nil {
		return err
	}
	s.running.URL = "unix:" + socket
	return s.serves(ctx, "unix", socket, 0)
}

// scripts writes the CGI script. What it imports is compiled once, as it is where scripts are installed,
// and not anew for each request.
func (s *server) scripts() error {
	if err := s.write(script, cgiScripts[s.trial.App](), 0o755); err != nil {
		return err
	}
	compile := exec.Command(interpreter(), "-m", "py_compile", s.path("lab.py"))
	if out, err := compile.CombinedOutput(); err != nil {
		return fmt.Errorf("compile lab.py: %w: %s", err, out)
	}
	return nil
}

// startNginx returns a function that starts nginx, which passes requests on in a protocol.
func startNginx(pass string) func(context.Context, *server) error {
	return func(ctx context.Context, s *server) error {
		addr, err := launch.FreeAddr()
		if err != nil {
			return err
		}
		config := nginxConfig(s.trial, s.dir, addr, pass, strings.TrimPrefix(s.behind, "http://"), os.Getuid() == 0)
		if err := s.write("nginx.conf", config, 0o644); err != nil {
			return err
		}
		args := []string{"nginx", "-p", s.dir, "-e", "stderr", "-c", s.path("nginx.conf")}
		if err := s.run(args, &launch.LastLines{}, syscall.SIGTERM); err != nil {
			return err
		}
		s.running.URL = "http://" + addr
		return s.serves(ctx, "tcp4", addr, 0)
	}
}
