package faults

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/internal/patience"
	"github.com/workerlab/workerlab/server/servertest"
)

// What cannot start says why in one line, exits with 2, and leaves nothing running.
func TestRefusals(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close() }) // not defer: the cases run in parallel, after us
	livePID := filepath.Join(t.TempDir(), "pid")
	if err := os.WriteFile(livePID, []byte(strconv.Itoa(os.Getpid())), 0o600); err != nil {
		t.Fatal(err)
	}
	plainFile := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(plainFile, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, args string
		want       []string // parts of the message: what is wrong, and the remedy
	}{
		{"port in use", "-b " + taken.Addr().String(), []string{taken.Addr().String(), "in use", "--bind"}},
		{"metrics port in use", "--metrics-bind " + taken.Addr().String(), []string{"--metrics-bind", "in use"}},
		{"unknown class", "-k threads", []string{`"threads"`, "asgi, eventlet, gevent, gthread, process, sync, tornado"}},
		{"bad number", "-w four", []string{"four", "workers"}},
		{"no workers", "-w 0", []string{"--workers", "from 1"}},
		{"too many workers", "-w 1000000", []string{"--workers", "1000000"}},
		{"negative time", "-t -1", []string{"timeout", "seconds"}},
		{"bad size", "--app-memory lots", []string{"lots", "32MB"}},
		{"unknown flag", "--worker 4", []string{"--worker"}},
		{"unknown app", "my-site", []string{`"my-site"`, "config.wsgi:application", "lab"}},
		{"bad address", "-b localhost:http:80", []string{"localhost:http:80", "HOST:PORT"}},
		{"port too large", "-b 127.0.0.1:65536", []string{"65535"}},
		{"no such descriptor", "-b fd://77", []string{"77", "no listening socket"}},
		{"a file in the way", "-b unix:" + plainFile, []string{plainFile, "no socket"}},
		{"running already", "-p " + livePID, []string{strconv.Itoa(os.Getpid()), livePID}},
		{"bad log level", "--log-level loud", []string{"loud", "warning"}},
		{"bad log format", "--log-format xml", []string{"xml", "json"}},
		{"bad access format", "--access-logformat %h", []string{"offset 0", "%(h)s"}},
		{"unwritable log", "--error-logfile /no/such/folder/log", []string{"--error-logfile", "no such"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			refused(t, strings.Fields(test.args), test.want)
		})
	}
	t.Cleanup(func() {
		if _, err := os.Stat(plainFile); err != nil {
			t.Error("the file in the way was removed")
		}
	})
}

// command is one in a process group of its own, that is killed with all it started if it does not end.
func command(t *testing.T, path string, args ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(t.Context(), patience.Limit)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.SysProcAttr = &unix.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return unix.Kill(-cmd.Process.Pid, unix.SIGKILL) }
	return cmd
}

func refused(t *testing.T, args, want []string) {
	t.Helper()
	cmd := command(t, servertest.Binary, append([]string{"serve", "-b", "127.0.0.1:0"}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	_ = cmd.Run() // the exit code says more
	if code := cmd.ProcessState.ExitCode(); code != 2 {
		t.Errorf("exit code %d, want 2", code)
	}
	message := messages(stderr.String())
	if len(message) != 1 || stdout.Len() > 0 {
		t.Errorf("want one line on stderr, got %q, and on stdout %q", message, stdout.String())
	}
	for _, part := range want {
		if !strings.Contains(stderr.String(), part) {
			t.Errorf("%q does not mention %q", message, part)
		}
	}
	if err := unix.Kill(-cmd.Process.Pid, 0); !errors.Is(err, unix.ESRCH) {
		t.Errorf("something of it is left running: %v", err)
	}
}

// messages are the lines of stderr that are no log records: a server that had begun to listen has
// said so.
func messages(stderr string) (lines []string) {
	for line := range strings.Lines(stderr) {
		if !strings.HasPrefix(line, "[") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

func TestBootFailureStopsTheServerAndSaysWhy(t *testing.T) {
	t.Parallel()
	// 4 GiB of address space hold a Go program, but not 8 GB of app memory beside it.
	const script = `ulimit -v 4194304; exec "$0" serve -w 3 -b 127.0.0.1:0 --app-memory 8GB --cpu-rate 1`
	cmd := command(t, "/bin/sh", "-c", script, servertest.Binary)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	_ = cmd.Run() // the exit code says more
	if code := cmd.ProcessState.ExitCode(); code != 3 {
		t.Errorf("exit code %d, want 3", code)
	}
	for _, part := range []string{"worker failed to boot", "cannot allocate memory", "could not boot"} {
		if !strings.Contains(stderr.String(), part) {
			t.Errorf("nothing says %q:\n%s", part, stderr.String())
		}
	}
	if err := unix.Kill(-cmd.Process.Pid, 0); !errors.Is(err, unix.ESRCH) {
		t.Errorf("something of it is left running: %v", err)
	}
}
