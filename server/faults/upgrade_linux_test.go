package faults

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestUpgradeLosesNothing(t *testing.T) {
	eachClass(t, func(t *testing.T, class string) {
		path := filepath.Join(t.TempDir(), "workerlab")
		install(t, path, "the first version")
		pidfile := filepath.Join(t.TempDir(), "pid")
		s := start(t, path, "-k", class, "-w", "2", "-p", pidfile)
		l := steady(t, s.addr, "/", clients)

		install(t, path, "the second version")
		s.signal(s.pid, unix.SIGUSR2)
		successor := s.await("listening", func(r record) bool { return r.PID != s.pid }).PID
		s.await("ready", func(r record) bool { return r.PID == successor })
		wantFile(t, pidfile, s.pid)
		wantFile(t, pidfile+".2", successor)
		wantProgram(t, s.pid, path+" (deleted)")
		wantProgram(t, successor, path)
		l.answers(t, clients)
		s.oldArbiterKeepsItsVersion(path)
		l.answers(t, clients)

		s.signal(s.pid, unix.SIGTERM)
		if code := s.wait(); code != 0 {
			t.Errorf("the old arbiter's exit code is %d", code)
		}
		l.answers(t, 3*clients)
		nothingLost(t, l)
		eventually(t, "the successor's pidfile has the name", func() bool { return fileHas(pidfile, successor) })
		if _, err := os.Stat(pidfile + ".2"); err == nil {
			t.Error("the second pidfile is left")
		}
		s.signal(successor, unix.SIGTERM)
		eventually(t, "the successor has stopped", func() bool { return !running(successor) })
		if _, err := os.Stat(pidfile); err == nil {
			t.Error("the pidfile is left")
		}
	})
}

// oldArbiterKeepsItsVersion checks that a worker which the old arbiter starts after its binary was
// replaced still runs the old one. Scaling up starts it without costing a request.
func (s *server) oldArbiterKeepsItsVersion(path string) {
	s.t.Helper()
	seen := map[int]bool{}
	s.mu.Lock()
	for _, r := range s.lines {
		seen[r.PID] = true
	}
	s.mu.Unlock()
	s.signal(s.pid, unix.SIGTTIN)
	worker := s.await("worker booted", func(r record) bool { return !seen[r.PID] })
	wantProgram(s.t, worker.PID, path+" (deleted)")
}

// install puts a version of the binary at path as a package manager does: a new file under the name.
func install(t *testing.T, path, version string) {
	t.Helper()
	program, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	program = append(program, version...) // behind the ELF image, where nobody looks
	// A process forked while the file is open for writing would keep it so until it executes, and a program
	// that is open for writing cannot be started (golang.org/issue/22315).
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(path+".new", program, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

func wantProgram(t *testing.T, pid int, want string) {
	t.Helper()
	if got, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid)); err != nil || got != want {
		t.Errorf("process %d runs %q, %v; want %q", pid, got, err, want)
	}
}

func wantFile(t *testing.T, path string, pid int) {
	t.Helper()
	if !fileHas(path, pid) {
		got, err := os.ReadFile(path)
		t.Errorf("%s has %q, %v; want %d", filepath.Base(path), got, err, pid)
	}
}

func fileHas(path string, pid int) bool {
	got, err := os.ReadFile(path)
	return err == nil && strings.TrimSpace(string(got)) == strconv.Itoa(pid)
}

func TestUpgradeOnAUnixSocketKeepsItsFileUntilTheLastArbiterStops(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "lab.sock")
	s := start(t, binary, "-w", "1", "-b", "unix:"+file)
	s.signal(s.pid, unix.SIGUSR2)
	successor := s.await("listening", func(r record) bool { return r.PID != s.pid }).PID
	s.await("ready", func(r record) bool { return r.PID == successor })
	s.signal(s.pid, unix.SIGTERM)
	s.wait()
	s.await("promoted: the predecessor has gone", nil)
	if _, err := os.Stat(file); err != nil {
		t.Errorf("the successor's socket has gone: %v", err)
	}
	s.signal(successor, unix.SIGTERM)
	eventually(t, "the successor has stopped", func() bool { return !running(successor) })
	if _, err := os.Stat(file); err == nil {
		t.Error("the socket's file is left")
	}
}

func TestFailedUpgradeLeavesTheOldArbiterServing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "workerlab")
	install(t, path, "the first version")
	s := start(t, path, "-w", "2")
	l := steady(t, s.addr, "/", 2)
	if err := os.WriteFile(path+".new", []byte("#!/bin/sh\nexit 7\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	s.signal(s.pid, unix.SIGUSR2)
	s.await("the successor has exited", nil)
	l.answers(t, 10)
	nothingLost(t, l)
}
