package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/server"
	"github.com/workerlab/workerlab/server/metrics"
)

const serveLong = `Serve an app with real worker processes under a pre-fork arbiter.

APP is one of
  lab                      the built-in app (default)
  config.wsgi:application  a WSGI application: a Python module and a callable in it, or a call of a
                           factory, as in site:create_app("prod"); every class but asgi can have one
  cgi:DIR                  the CGI scripts of a folder, a process for each request
  fcgi:ADDR, scgi:ADDR, uwsgi:ADDR
                           a program that speaks FastCGI, SCGI or uwsgi at IP:PORT or unix:PATH

Flags have gunicorn's names, meanings and defaults. Times are seconds ("30", "1.5") or have a unit
("250ms"). Sizes are bytes or have a unit (32MB = 32 000 000, 32MiB = 33 554 432).

The lab app answers /, /echo, /whoami, /bytes?n=12MB and /task?do=STEPS. Steps, taken in order, are
cpu:2ms, wait:20ms, block:20ms (a wait that does not yield) and touch:0.5 (write to half of the pages
of --app-memory); with --faults also leak:64KiB, and there are /crash, /hang and /leak?bytes=1e6.

Signals to the arbiter: TERM stops gracefully, INT and QUIT at once, HUP reloads, TTIN and TTOU
add and retire a worker, USR1 reopens logs, USR2 upgrades the program without losing a request
(end the old arbiter with TERM), WINCH retires all workers.

Exit codes: 0 stopped by a signal, 2 could not start as asked, 3 a worker could not boot, 4 the app
could not be loaded, 1 anything else.`

const serveExamples = `  workerlab serve -w 4
  workerlab serve -k gthread -w 2 --threads 8 -b 0:8000 --access-logfile -
  workerlab serve --bind 0:8000 config.wsgi:application
  workerlab serve -k gthread --threads 4 --python venv/bin/python --chdir mysite config.wsgi
  workerlab serve -k gevent -b unix:/run/lab.sock --metrics-bind 127.0.0.1:9000
  workerlab serve -k sync -w 4 --timeout 2 --faults        # then: curl localhost:8000/hang`

func newServeCommand() *cobra.Command {
	set := server.Defaults()
	cmd := &cobra.Command{
		Use:     "serve [APP]",
		Short:   "serve an app with real workers: the lab's, WSGI, CGI, FastCGI",
		Long:    serveLong,
		Example: serveExamples,
		Args:    oneApp,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				set.App = args[0]
			}
			if err := applyEnvironment(cmd.Flags(), &set); err != nil {
				return err
			}
			return serve(set)
		},
	}
	serveFlags(cmd.Flags(), &set)
	return cmd
}

func oneApp(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usagef("one APP, not %d: %s", len(args), strings.Join(args, " "))
	}
	return nil
}

// serve translates the server's errors into exit codes. The arbiter obeys signals itself, so the
// command's context does not end it.
func serve(set server.Settings) error {
	set.Server = catalog.Effective(set.Server)
	if err := prepare(&set); err != nil {
		return usage(err)
	}
	err := server.Run(set, server.Parts{Classes: catalog.Workers(), Preload: preload, Monitor: metrics.Serve})
	var bad *server.UsageError
	var exit *server.ExitError
	switch {
	case errors.As(err, &bad):
		return usage(err)
	case errors.As(err, &exit):
		return exitError{err, exit.Code}
	}
	return err
}

// prepare goes to the app's folder and refuses an app that cannot be. What is named relative to the folder we
// came from is looked up before.
func prepare(set *server.Settings) error {
	if strings.ContainsRune(set.Python, filepath.Separator) {
		python, err := filepath.Abs(set.Python)
		if err != nil {
			return err
		}
		set.Python = python
	}
	if set.Chdir != "" {
		if err := os.Chdir(set.Chdir); err != nil {
			return fmt.Errorf("--chdir: %w", err)
		}
	}
	return checkApp(set)
}

func serveFlags(f *pflag.FlagSet, s *server.Settings) {
	f.SortFlags = false
	f.StringSliceVarP(&s.Bind, "bind", "b", s.Bind, "HOST:PORT, PORT, unix:PATH or fd://N; repeatable")
	f.IntVarP(&s.Workers, "workers", "w", s.Workers, "worker processes (or WEB_CONCURRENCY)")
	f.StringVarP(&s.Class, "worker-class", "k", s.Class, strings.Join(catalog.Names(), ", "))
	f.IntVar(&s.Threads, "threads", s.Threads, "threads a worker; more than 1 turns sync into gthread")
	f.IntVar(&s.Connections, "worker-connections", s.Connections, "the most connections a worker holds (not sync)")
	f.IntVar(&s.Backlog, "backlog", s.Backlog, "connections waiting for accept; the kernel caps it")
	f.BoolVar(&s.ReusePort, "reuse-port", s.ReusePort, "a listening socket per worker")
	f.IntVar(&s.MaxRequests, "max-requests", s.MaxRequests, "replace a worker after this many requests; 0: never")
	f.IntVar(&s.Jitter, "max-requests-jitter", s.Jitter, "at most this many more, drawn once a worker")
	f.VarP((*limit)(&s.Timeout), "timeout", "t", "kill a worker that is silent for this long; 0: never")
	f.Var((*seconds)(&s.Graceful), "graceful-timeout", "how long a worker may drain")
	f.Var((*limit)(&s.KeepAlive), "keep-alive", "how long an idle connection is kept; 0: not at all")
	f.Var((*seconds)(&s.HeaderTimeout), "header-timeout", "how long a request's head may take; 0: for ever, as gunicorn")
	f.BoolVar(&s.Linger, "linger", s.Linger, "wait for the client's FIN on every close, as gunicorn 26 does")
	f.BoolVar(&s.Exclusive, "exclusive", s.Exclusive, "event loops wait with EPOLLEXCLUSIVE")
	f.IntVar(&s.Limits.Line, "limit-request-line", s.Limits.Line, "bytes of the request line; 0: no limit")
	f.IntVar(&s.Limits.Fields, "limit-request-fields", s.Limits.Fields, "header fields")
	f.IntVar(&s.Limits.FieldSize, "limit-request-field_size", s.Limits.FieldSize, "bytes of a header field; 0: no limit")
	appFlags(f, s)
	labFlags(f, s)
	logFlags(f, s)
}

// appFlags are those of apps that are not our own.
func appFlags(f *pflag.FlagSet, s *server.Settings) {
	f.StringVar(&s.Chdir, "chdir", s.Chdir, "go to this folder first, and look there for modules")
	f.StringVar(&s.Python, "python", s.Python, "the interpreter of a WSGI app, as in venv/bin/python")
	f.StringSliceVar(&s.PythonPath, "pythonpath", s.PythonPath, "folders to look for modules in, comma separated")
	f.Var((*seconds)(&s.Gateway), "gateway-timeout", "how long a CGI script, or a program behind a gateway, may be silent")
	f.StringSliceVar(&s.Forwarded, "forwarded-allow-ips", s.Forwarded, "proxies that may say X-Forwarded-Proto: https; *: all")
}

// labFlags are those that gunicorn does not have.
func labFlags(f *pflag.FlagSet, s *server.Settings) {
	f.BoolVar(&s.Preload, "preload", s.Preload, "share app memory copy-on-write; boot work is done once")
	f.Var((*size)(&s.AppMemory), "app-memory", "state that the app holds in each worker")
	f.Var((*seconds)(&s.Boot), "boot", "CPU work that a worker does before it serves")
	f.BoolVar(&s.GIL, "gil", s.GIL, "emulate CPython's interpreter lock")
	f.Var((*seconds)(&s.Switch), "gil-switch-interval", "after which a thread asks for the lock")
	f.Float64Var(&s.CPURate, "cpu-rate", s.CPURate, "rounds/ms of calibrated CPU work; 0: measure at start")
	f.BoolVar(&s.Faults, "faults", s.Faults, "the lab app crashes, hangs and leaks when it is asked to")
}

func logFlags(f *pflag.FlagSet, s *server.Settings) {
	f.StringVarP(&s.Pidfile, "pid", "p", s.Pidfile, "file for the arbiter's process id")
	f.StringVar(&s.AccessLog, "access-logfile", s.AccessLog, "file for the access log; - is stdout")
	f.StringVar(&s.AccessFormat, "access-logformat", s.AccessFormat, "gunicorn's access log format")
	f.StringVar(&s.ErrorLog, "error-logfile", s.ErrorLog, "file for the log; - is stderr")
	f.StringVar(&s.LogLevel, "log-level", s.LogLevel, "debug, info, warning, error or critical")
	f.StringVar(&s.LogFormat, "log-format", s.LogFormat, "text or json")
	f.StringVar(&s.MetricsBind, "metrics-bind", s.MetricsBind, "address of Prometheus /metrics and of /scoreboard")
}

// applyEnvironment takes gunicorn's variables where no flag was given: WEB_CONCURRENCY and PORT.
func applyEnvironment(f *pflag.FlagSet, s *server.Settings) error {
	if text := os.Getenv("WEB_CONCURRENCY"); text != "" && !f.Changed("workers") {
		n, err := strconv.Atoi(text)
		if err != nil {
			return usage(fmt.Errorf("WEB_CONCURRENCY=%q: want a number of workers", text))
		}
		s.Workers = n
	}
	if port := os.Getenv("PORT"); port != "" && !f.Changed("bind") {
		s.Bind = []string{"0.0.0.0:" + port}
	}
	return nil
}
