package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A logFile is a log that can be reopened after somebody has moved it away. Several processes append
// to it: each line is one write.
type logFile struct {
	path string // empty: f is a standard stream, which stays

	mu sync.Mutex
	f  *os.File
}

// openLog opens the log at path for appending; "-" is std.
func openLog(path string, std *os.File) (*logFile, error) {
	if path == "-" {
		return &logFile{f: std}, nil
	}
	f, err := appendTo(path)
	if err != nil {
		return nil, err
	}
	return &logFile{path: path, f: f}, nil
}

func appendTo(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
}

// Write appends one line.
func (l *logFile) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.f.Write(line)
}

// Reopen opens the path anew; where that fails the old file goes on.
func (l *logFile) Reopen() error {
	if l == nil || l.path == "" {
		return nil
	}
	f, err := appendTo(l.path)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	old := l.f
	l.f = f
	return old.Close()
}

// logs are the logs of one process.
type logs struct {
	*slog.Logger
	error, access *logFile // access: nil without an access log
}

func openLogs(set *Settings) (*logs, error) {
	errorLog, err := openLog(set.ErrorLog, os.Stderr)
	if err != nil {
		return nil, misuse("cannot open --error-logfile: %w", err)
	}
	l := &logs{error: errorLog}
	if set.AccessLog != "" {
		if l.access, err = openLog(set.AccessLog, os.Stdout); err != nil {
			return nil, misuse("cannot open --access-logfile: %w", err)
		}
	}
	level, err := set.level()
	if err != nil {
		return nil, err
	}
	l.Logger = newLogger(errorLog, set.LogFormat, level)
	return l, nil
}

// Reopen reopens both logs.
func (l *logs) Reopen() error { return errors.Join(l.error.Reopen(), l.access.Reopen()) }

// output is for what an app's programs write to stderr: it goes into the error log as it is, or, where that
// is JSON, as a record a line.
func (l *logs) output(format string) io.Writer {
	if format == "json" {
		return &lines{log: l.Logger}
	}
	return l.error
}

// lines makes records of what is written, one a line.
type lines struct {
	log *slog.Logger

	mu   sync.Mutex // a worker's threads may write at the same time
	part []byte     // of a line whose end has not come yet
}

// Write implements io.Writer.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.part = append(l.part, p...)
	for {
		line, rest, whole := bytes.Cut(l.part, []byte("\n"))
		if !whole {
			return len(p), nil
		}
		l.log.Error(string(line), "from", "app") // as text it is there at every level, too
		l.part = rest
	}
}

func newLogger(w io.Writer, format string, level slog.Level) *slog.Logger {
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}))
	}
	return slog.New(newTextHandler(w, level))
}

// inSeconds is a time as a log tells it: in seconds, to the millisecond.
func inSeconds(d time.Duration) float64 { return d.Round(time.Millisecond).Seconds() }

// A trace is where goroutines stand, line by line: a list in JSON, and lines of their own in text.
type trace []string

// maxTrace bounds a trace, in bytes: a loop may have a goroutine per connection.
const maxTrace = 16 << 10

// newTrace takes what runtime.Stack and debug.Stack write.
func newTrace(stacks []byte) trace {
	whole := len(stacks) <= maxTrace
	lines := strings.Split(strings.TrimSpace(string(stacks[:min(len(stacks), maxTrace)])), "\n")
	if !whole {
		lines[len(lines)-1] = "and so on" // it may be half a line
	}
	return lines
}

// A textHandler writes records as gunicorn does, with attributes behind:
//
//	[2026-01-02 15:04:05 +0000] [4711] [INFO] worker booted slot=0
//
// A trace follows below, indented.
type textHandler struct {
	mu    *sync.Mutex
	w     io.Writer
	buf   *bytes.Buffer
	attrs slog.Handler // writes the attributes into buf, and nothing else
}

func newTextHandler(w io.Writer, level slog.Level) *textHandler {
	h := &textHandler{mu: &sync.Mutex{}, w: w, buf: &bytes.Buffer{}}
	h.attrs = slog.NewTextHandler(h.buf, &slog.HandlerOptions{Level: level, ReplaceAttr: dropBuiltin})
	return h
}

func dropBuiltin(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey || a.Key == slog.MessageKey) {
		return slog.Attr{}
	}
	return a
}

// Enabled implements slog.Handler.
func (h *textHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.attrs.Enabled(ctx, level)
}

// Handle implements slog.Handler: a record is one write.
func (h *textHandler) Handle(ctx context.Context, r slog.Record) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.buf.Reset()
	h.buf.WriteString(r.Time.Format("[2006-01-02 15:04:05 -0700] ["))
	h.buf.WriteString(strconv.Itoa(os.Getpid()))
	h.buf.WriteString("] [" + r.Level.String() + "] " + r.Message + " ")
	r, below := split(r)
	if err := h.attrs.Handle(ctx, r); err != nil {
		return err
	}
	if line := h.buf.Bytes(); bytes.HasSuffix(line, []byte(" \n")) {
		h.buf.Truncate(len(line) - 2)
		h.buf.WriteByte('\n')
	}
	for _, line := range below {
		h.buf.WriteString("    " + line + "\n")
	}
	_, err := h.w.Write(h.buf.Bytes())
	return err
}

// split takes the traces out of a record.
func split(r slog.Record) (without slog.Record, traces trace) {
	without = slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if lines, ok := a.Value.Any().(trace); ok {
			traces = append(traces, lines...)
		} else {
			without.AddAttrs(a)
		}
		return true
	})
	return without, traces
}

// WithAttrs implements slog.Handler.
func (h *textHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *h
	with.attrs = h.attrs.WithAttrs(attrs)
	return &with
}

// WithGroup implements slog.Handler.
func (h *textHandler) WithGroup(name string) slog.Handler {
	with := *h
	with.attrs = h.attrs.WithGroup(name)
	return &with
}
