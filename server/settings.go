package server

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/server/accesslog"
	"github.com/workerlab/workerlab/server/http1"
)

// Settings are a server's options, under gunicorn's names and with its defaults (Defaults).
type Settings struct {
	spec.Server // filled

	App      string        // lab, a WSGI module:callable, cgi:DIR, or fcgi:, scgi: or uwsgi: and an address
	Bind     []string      // HOST:PORT, PORT, unix:PATH or fd://N
	Graceful time.Duration // graceful-timeout: how long a worker may drain before it is killed

	HeaderTimeout time.Duration // how long a request's head may take; 0: no limit (as gunicorn)
	Linger        bool          // wait for the client's FIN on every close, as gunicorn 26 does
	Limits        http1.Limits

	Python     string        // the interpreter of WSGI apps
	PythonPath []string      // folders where it looks for modules first, after Chdir
	Chdir      string        // the arbiter's and the workers' folder; empty: the one it was started in
	Gateway    time.Duration // how long the program behind a gateway may be silent
	Forwarded  []string      // forwarded-allow-ips: clients that may say by which scheme theirs came; *: all

	CPURate float64 // rounds/ms of calibrated work; 0: measured at start
	Faults  bool    // the lab app answers /crash, /hang and /leak, and leak in /task

	Pidfile      string
	AccessLog    string // a path, or - for stdout; empty: none
	AccessFormat string // gunicorn's access_log_format
	ErrorLog     string // a path, or - for stderr
	LogLevel     string // debug, info, warning, error
	LogFormat    string // text, json
	MetricsBind  string // where Prometheus metrics are served; empty: nowhere
}

// Beat is the longest that a worker with nothing to do lets pass between two heartbeats: a second, but
// no more than half the timeout, or the arbiter would take it for dead at the moment it beats.
func (s *Settings) Beat() time.Duration {
	if spec.On(s.Timeout) == 0 {
		return time.Second
	}
	return min(time.Second, s.Timeout/2)
}

// Defaults are gunicorn's, but for the header timeout: gunicorn has none.
func Defaults() Settings {
	return Settings{
		Server: spec.Server{}.Filled(), App: "lab", Bind: []string{"127.0.0.1:8000"}, Graceful: 30 * time.Second,
		HeaderTimeout: 30 * time.Second, Limits: http1.Limits{Line: 4094, Fields: 100, FieldSize: 8190},
		Python: "python3", Gateway: time.Minute, Forwarded: []string{"127.0.0.1", "::1"},
		AccessFormat: `%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"`,
		ErrorLog:     "-", LogLevel: "info", LogFormat: "text",
	}
}

// A UsageError is a mistake of the caller's, or a state of the host that the caller must mend: a bad
// setting, a port in use, a server that is running already. Its message is one line and names the
// remedy.
type UsageError struct{ Err error }

func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap is the error underneath.
func (e *UsageError) Unwrap() error { return e.Err }

func misuse(format string, args ...any) error {
	return &UsageError{fmt.Errorf(format, args...)}
}

// Validate returns a UsageError about the first setting that makes no sense. classes are the names of
// the worker classes there are.
func (s *Settings) Validate(classes []string) error {
	if !slices.Contains(classes, s.Class) {
		known := slices.Sorted(slices.Values(classes))
		return misuse("unknown worker class %q: want one of %s", s.Class, strings.Join(known, ", "))
	}
	if err := s.validateNumbers(); err != nil {
		return err
	}
	if len(s.Bind) == 0 {
		return misuse("no --bind address")
	}
	for _, bind := range s.Bind {
		if _, err := ParseAddress(bind); err != nil {
			return &UsageError{err}
		}
	}
	return s.validateLogs()
}

const (
	// slots is the room of the scoreboard. Slots that are never used cost no memory.
	slots = 4096

	// maxWorkers leaves room for reloads, when several generations of workers stand side by side.
	maxWorkers = slots / 4
)

func (s *Settings) validateNumbers() error {
	for _, n := range []struct {
		flag          string
		value, lo, hi int64
	}{
		{"workers", int64(s.Workers), 1, maxWorkers},
		{"threads", int64(s.Threads), 1, 10_000},
		{"worker-connections", int64(s.Connections), 1, 1 << 20},
		{"backlog", int64(s.Backlog), 1, 1 << 20},
		{"max-requests", int64(s.MaxRequests), 0, 1 << 40},
		{"max-requests-jitter", int64(s.Jitter), 0, 1 << 40},
		{"app-memory", s.AppMemory, 0, 1 << 40},
		{"limit-request-line", int64(s.Limits.Line), 0, 8190}, // gunicorn's bounds, config.py
		{"limit-request-fields", int64(s.Limits.Fields), 0, 32768},
		{"limit-request-field_size", int64(s.Limits.FieldSize), 0, 1 << 20},
	} {
		if n.value < n.lo || n.value > n.hi {
			return misuse("--%s %d: want a number from %d to %d", n.flag, n.value, n.lo, n.hi)
		}
	}
	return s.validateDurations()
}

func (s *Settings) validateDurations() error {
	for _, d := range []struct {
		flag  string
		value time.Duration
	}{
		{"timeout", s.Timeout},
		{"graceful-timeout", s.Graceful},
		{"keep-alive", s.KeepAlive},
		{"header-timeout", s.HeaderTimeout},
		{"boot", s.Boot},
		{"gateway-timeout", s.Gateway},
	} {
		if d.value < 0 && d.value != spec.Never {
			return misuse("--%s %v: want no negative time", d.flag, d.value)
		}
	}
	switch {
	case s.Gateway == 0:
		return misuse("--gateway-timeout 0: want a time, or a program that hangs holds its clients for ever")
	case s.Graceful == 0:
		return misuse("--graceful-timeout 0: want a time; INT stops at once")
	case s.GIL && s.Switch <= 0:
		return misuse("--gil-switch-interval %v: want a positive time, CPython's is 5ms", s.Switch)
	case s.CPURate < 0:
		return misuse("--cpu-rate %v: want rounds a millisecond, or 0 to measure", s.CPURate)
	}
	return nil
}

func (s *Settings) validateLogs() error {
	if _, err := s.level(); err != nil {
		return err
	}
	if s.LogFormat != "text" && s.LogFormat != "json" {
		return misuse("--log-format %q: want text or json", s.LogFormat)
	}
	if _, err := accesslog.Parse(s.AccessFormat); err != nil {
		return &UsageError{fmt.Errorf("--access-logformat: %w", err)}
	}
	return nil
}

// level translates gunicorn's names of log levels.
func (s *Settings) level() (slog.Level, error) {
	switch strings.ToLower(s.LogLevel) {
	case "debug":
		return slog.LevelDebug, nil
	case "info":
		return slog.LevelInfo, nil
	case "warning", "warn":
		return slog.LevelWarn, nil
	case "error", "critical":
		return slog.LevelError, nil
	}
	return 0, misuse("--log-level %q: want debug, info, warning, error or critical", s.LogLevel)
}
