package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// A program is how this process was started, as saved at its start: /proc/self/exe of a replaced
// binary reads "(deleted)", and the working folder may move.
type program struct {
	path string
	args []string
}

func thisProgram() program {
	path, err := exec.LookPath(os.Args[0])
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err != nil {
		path, _ = os.Executable() // args[0] was no path; an empty one fails the upgrade alone
	}
	return program{path: path, args: os.Args}
}

// A legacy is what an arbiter hands to the one that it executes (USR2). Both serve side by side on the
// same sockets until one of them is told to stop.
type legacy struct {
	Sockets []socket
	Metrics int // descriptor of the metrics listener; 0: none
	Life    int // descriptor: EOF means that the predecessor is gone
}

// inheritLegacy is what our predecessor left us, nil if there is none.
func inheritLegacy() (*legacy, error) {
	text := os.Getenv(legacyVariable)
	if text == "" {
		return nil, nil
	}
	if err := os.Unsetenv(legacyVariable); err != nil {
		return nil, err
	}
	var l legacy
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		return nil, fmt.Errorf("%s: %w", legacyVariable, err)
	}
	for _, s := range l.Sockets {
		unix.CloseOnExec(s.FD)
	}
	unix.CloseOnExec(l.Life)
	if l.Metrics != 0 {
		unix.CloseOnExec(l.Metrics)
	}
	return &l, nil
}

func (l *legacy) sockets() []socket {
	if l == nil {
		return nil
	}
	return l.Sockets
}

// gone is closed once the predecessor has gone; nil if there is none.
func (l *legacy) gone() <-chan struct{} {
	if l == nil {
		return nil
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		awaitEOF(l.Life)
	}()
	return gone
}

// upgrade executes the program at the saved path, which may be another by now.
func (h *host) upgrade() (pid int, err error) {
	var files files
	var left legacy
	left.Life = files.add(h.life[0])
	for _, s := range h.sockets.open {
		s.FD = files.add(s.FD)
		left.Sockets = append(left.Sockets, s)
	}
	if h.metricsFD != 0 {
		left.Metrics = files.add(h.metricsFD)
	}
	pid, err = execute(h.program.path, h.program.args, legacyVariable, left, files, nil)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", h.program.path, err)
	}
	return pid, nil
}

// pidPath is where our pidfile goes: beside the predecessor's while that one stands.
func (h *host) pidPath() string {
	if h.set.Pidfile != "" && h.legacy != nil {
		return h.set.Pidfile + ".2"
	}
	return h.set.Pidfile
}

// promote makes us the only arbiter, after the predecessor has gone.
func (h *host) promote() {
	h.log.Info("promoted: the predecessor has gone", "pid", os.Getpid())
	if err := h.pidfile.rename(h.set.Pidfile); err != nil {
		h.log.Error("cannot rename the pidfile", "error", err)
	}
}

// metricsListener is the predecessor's, or a new one. Its descriptor is kept for a successor.
func (h *host) metricsListener() (net.Listener, error) {
	fd := 0
	if h.legacy != nil {
		fd = h.legacy.Metrics
	}
	if fd == 0 {
		s, err := listen(h.set.MetricsBind, 64, false)
		if err != nil {
			var bad *UsageError
			if errors.As(err, &bad) {
				return nil, misuse("--metrics-bind: %w", bad.Err)
			}
			return nil, err
		}
		fd = s.FD
	}
	h.metricsFD = fd
	own, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("fcntl", err)
	}
	f := os.NewFile(uintptr(own), "metrics")
	defer func() { _ = f.Close() }()
	return net.FileListener(f)
}
