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

	"github.com/workerlab/workerlab/internal/patience"
	"github.com/workerlab/workerlab/server/servertest"
)

func TestUpgradeLosesNothing(t *testing.T) {
	servertest.EachClass(t, func(t *testing.T, class string) {
		path := filepath.Join(t.TempDir(), "workerlab")
		install(t, path, "the first version")
		pidfile := filepath.Join(t.TempDir(), "pid")
		s := servertest.Start(t, path, "--faults", "-k", class, "-w", "2", "-p", pidfile)
		l := steady(t, s.Addr, "/", clients)

		install(t, path, "the second version")
		s.Signal(s.PID, unix.SIGUSR2)
		successor := s.Await("listening", func(r servertest.Record) bool { return r.PID != s.PID }).PID
		s.Await("ready", func(r servertest.Record) bool { return r.PID == successor })
		wantFile(t, pidfile, s.PID)
		wantFile(t, pidfile+".2", successor)
		wantProgram(t, s.PID, path+" (deleted)")
		wantProgram(t, successor, path)
		l.answers(t, clients)
		oldArbiterKeepsItsVersion(t, s, path)
		l.answers(t, clients)

		s.Signal(s.PID, unix.SIGTERM)
		if code := s.Wait(); code != 0 {
			t.Errorf("the old arbiter's exit code is %d", code)
		}
		l.answers(t, 3*clients)
		nothingLost(t, l)
		patience.Eventually(t, "the successor's pidfile has the name", func() bool { return fileHas(pidfile, successor) })
		if _, err := os.Stat(pidfile + ".2"); err == nil {
			t.Error("the second pidfile is left")
		}
		s.Signal(successor, unix.SIGTERM)
		patience.Eventually(t, "the successor has stopped", func() bool { return !servertest.Running(successor) })
		if _, err := os.Stat(pidfile); err == nil {
			t.Error("the pidfile is left")
		}
	})
}

// oldArbiterKeepsItsVersion checks that a worker which the old arbiter starts after its binary was
// replaced still runs the old one. Scaling up starts it without costing a request.
func oldArbiterKeepsItsVersion(t *testing.T, s *servertest.Server, path string) {
	t.Helper()
	seen := map[int]bool{}
	for _, r := range s.Records() {
		seen[r.PID] = true
	}
	s.Signal(s.PID, unix.SIGTTIN)
	worker := s.Await("worker booted", func(r servertest.Record) bool { return !seen[r.PID] })
	wantProgram(t, worker.PID, path+" (deleted)")
}

// install puts a version of the binary at path as a package manager does: a new file under the name.
func install(t *testing.T, path, version string) {
	t.Helper()
	program, err := os.ReadFile(servertest.Binary)
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
	s := start(t, "-w", "1", "-b", "unix:"+file)
	s.Signal(s.PID, unix.SIGUSR2)
	successor := s.Await("listening", func(r servertest.Record) bool { return r.PID != s.PID }).PID
	s.Await("ready", func(r servertest.Record) bool { return r.PID == successor })
	s.Signal(s.PID, unix.SIGTERM)
	s.Wait()
	s.Await("promoted: the predecessor has gone", nil)
	if _, err := os.Stat(file); err != nil {
		t.Errorf("the successor's socket has gone: %v", err)
	}
	s.Signal(successor, unix.SIGTERM)
	patience.Eventually(t, "the successor has stopped", func() bool { return !servertest.Running(successor) })
	if _, err := os.Stat(file); err == nil {
		t.Error("the socket's file is left")
	}
}

func TestFailedUpgradeLeavesTheOldArbiterServing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "workerlab")
	install(t, path, "the first version")
	s := servertest.Start(t, path, "--faults", "-w", "2")
	l := steady(t, s.Addr, "/", 2)
	if err := os.WriteFile(path+".new", []byte("#!/bin/sh\nexit 7\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	s.Signal(s.PID, unix.SIGUSR2)
	s.Await("the successor has exited", nil)
	l.answers(t, 10)
	nothingLost(t, l)
}
