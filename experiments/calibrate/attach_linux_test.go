package calibrate

import (
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/server/proc"
)

// attached calibrates what listens at an address, and makes sure that it runs on as it did.
func attached(t *testing.T, address string, pid int, want capacity.Size) (capacity.Calibration, capacity.Deployment) {
	t.Helper()
	before, err := proc.Tree(pid)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Find(address, 0, capacity.Size{})
	if err != nil || d.PID != pid || d.Size != want {
		t.Fatalf("%+v, %v: want process %d, %v", d, err, pid, want)
	}
	c, kept := calibrator(t, Design{Paths: slowPath(), Rounds: 1, Only: want, Classes: []string{"sync", "gthread"}}, Attached{d, slowPath()})
	told := 0
	c.Progress = func(p Progress) {
		if p.Try == 1 {
			told++
		}
		if p.Run != told || p.Of != 3 {
			t.Errorf("told of run %d of %d as the %dth", p.Run, p.Of, told)
		}
	}
	if err := c.Calibrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	calibration, missing := Read(c.Design, *kept)
	for _, m := range missing { // on a host that is busy
		if m.Tries == 0 || !strings.Contains(m.Why, "generator: ") || !strings.Contains(m.Run, "requests/s") {
			t.Fatalf("missing %v", m)
		}
	}
	fitted, err := capacity.Fit(calibration)
	if err != nil {
		t.Fatal(err)
	}
	if after, err := proc.Tree(pid); err != nil || !slices.Equal(before, after) {
		t.Errorf("processes %v before, %v after, %v", before, after, err)
	}
	if told < 3 {
		t.Errorf("told of %d runs", told)
	}
	if len(missing) > 0 {
		return calibration, fitted
	}
	if open := calibration.Runs[2]; open.Rate <= 0 || open.P50 < 100*time.Millisecond {
		t.Errorf("a request waits 100 ms: measured %+v", open)
	}
	return calibration, fitted
}

func TestAttachLeavesWhatRuns(t *testing.T) {
	addr := anyAddr(t)
	pid := running(t, addr, 2)
	c, d := attached(t, addr, pid, capacity.Size{Class: "sync", Workers: 2, Threads: 1})
	if w := d.Wait(); w < 90*time.Millisecond || w > 300*time.Millisecond { // on a busy machine
		t.Errorf("waits %v, want 100 ms", w)
	}
	only := c.Runs[1]
	if only.Private <= 0 || only.Private*2 > float64(only.PSS) || len(d.Assumed) != 4 {
		t.Errorf("%.0f bytes a worker's own; %+v; assumed %+v", only.Private, only, d.Assumed)
	}
}

func TestAttachRefuses(t *testing.T) {
	addr := anyAddr(t)
	running(t, addr, 1)
	d, err := Find(addr, 0, capacity.Size{})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/fails": "answers 500", "/none": "answers 404"} {
		paths := []trial.Path{{Path: path, Weight: 1}}
		c, _ := calibrator(t, Design{Paths: paths, Only: d.Size, Classes: []string{d.Size.Class}}, Attached{d, paths})
		if err := c.Calibrate(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	c, kept := calibrator(t, Design{Paths: slowPath(), Only: d.Size, Classes: []string{d.Size.Class}}, Attached{d, slowPath()})
	c.Progress = func(p Progress) {
		if p.Run == 2 {
			cancel(errors.New("enough"))
		}
	}
	if err := c.Calibrate(ctx); err == nil || !strings.Contains(err.Error(), "enough") || len(*kept) == 0 {
		t.Errorf("cancelled: %v, %d records kept", err, len(*kept))
	}
}

// Somebody else's answers are not taken for the server's.
func TestAnAddressInUse(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(nil)
	defer other.Close()
	addr := anyAddr(t)
	pid := running(t, addr, 1)
	if err := listens(addr, pid); err != nil {
		t.Errorf("its own: %v", err)
	}
	if err := listens(other.Listener.Addr().String(), pid); err == nil || !strings.Contains(err.Error(), "in use by another program") {
		t.Errorf("another's: %v", err)
	}
}

const slowApp = `import time
def application(environ, start_response):
    time.sleep(0.1)
    start_response("200 OK", [("Content-Length", "3")])
    return [b"ok\n"]
`

// A real gunicorn, in two configurations: one of its command line, one of its file and at a Unix socket.
func TestAttachToGunicorn(t *testing.T) {
	if _, err := exec.LookPath("gunicorn"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("gunicorn is not installed: apt-get install gunicorn")
	}
	for name, c := range map[string]struct {
		args []string
		file string
		want capacity.Size
	}{
		"sync 2×1":    {[]string{"-w", "2"}, "", capacity.Size{Class: "sync", Workers: 2, Threads: 1}},
		"gthread 1×4": {nil, "worker_class = 'gthread'\nthreads = 4\n", capacity.Size{Class: "gthread", Workers: 1, Threads: 4}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			address := anyAddr(t)
			if c.file != "" {
				address = "unix:" + filepath.Join(dir, "s")
			}
			for file, text := range map[string]string{"app.py": slowApp, "gunicorn.conf.py": c.file} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			pid := startGunicorn(t, dir, append(c.args, "--bind", address, "--log-level", "warning", "app")...)
			serves(t, address, pid, c.want.Workers)
			_, d := attached(t, address, pid, c.want)
			if w := d.Wait(); w < 90*time.Millisecond || w > 300*time.Millisecond { // on a busy machine
				t.Errorf("waits %v, want 100 ms", w)
			}
			// PSS divides a page by all that map it: it falls and rises with other interpreters on the machine.
			memory, err := proc.TreeMemory(pid)
			if ratio := d.Memory(c.want) / float64(memory.PSS); err != nil || ratio < 0.6 || ratio > 1.6 {
				t.Errorf("fitted %.2f × the memory that it takes, %v", ratio, err)
			}
		})
	}
}

func startGunicorn(t *testing.T, dir string, args ...string) int {
	t.Helper()
	cmd := exec.Command("gunicorn", args...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); _ = cmd.Wait() })
	return cmd.Process.Pid
}

// serves waits until the workers have booted and answer.
func serves(t *testing.T, address string, pid, workers int) {
	t.Helper()
	d := &Deployed{Address: address}
	if _, _, err := d.endpoint(); err != nil {
		t.Fatal(err)
	}
	s := endpoint{d.URL, d.Socket}
	for began := time.Now(); time.Since(began) < time.Minute; <-time.After(20 * time.Millisecond) {
		if tree, err := proc.Tree(pid); err == nil && len(tree) == workers+1 && s.answers(t.Context(), "/") == nil {
			return
		}
	}
	t.Fatalf("gunicorn, process %s, does not serve at %s", strconv.Itoa(pid), address)
}
