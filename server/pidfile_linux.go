package server

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// A pidfile tells others which process is the arbiter. The zero pidfile is none.
type pidfile struct{ path string }

// create writes our id into the file. A file of a process that lives is refused; a stale one is
// replaced.
func (p *pidfile) create(path string) error {
	if path == "" {
		return nil
	}
	if pid := readPID(path); pid != 0 && pid != os.Getpid() && alive(pid) {
		return misuse("already running as process %d, says --pid %s; stop it or choose another file", pid, path)
	}
	if err := writePID(path); err != nil {
		return misuse("cannot write --pid: %w", err)
	}
	p.path = path
	return nil
}

// rename moves the file, over another if need be.
func (p *pidfile) rename(path string) error {
	if p.path == "" || p.path == path {
		return nil
	}
	if err := os.Rename(p.path, path); err != nil {
		return err
	}
	p.path = path
	return nil
}

// remove removes the file, unless another process has put its own there.
func (p *pidfile) remove() {
	if p.path != "" && readPID(p.path) == os.Getpid() {
		_ = os.Remove(p.path) // nothing is lost: a stale file is replaced
	}
	p.path = ""
}

// writePID makes the file appear whole, so that nobody reads half a number.
func writePID(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path))
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // of a failure; after a rename there is nothing
	_, err = f.WriteString(strconv.Itoa(os.Getpid()) + "\n")
	if err := errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// readPID is the id in the file, or 0.
func readPID(path string) int {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil || pid < 1 {
		return 0
	}
	return pid
}

func alive(pid int) bool {
	err := unix.Kill(pid, 0)
	return err == nil || errors.Is(err, unix.EPERM)
}
