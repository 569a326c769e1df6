package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/workerlab/workerlab/experiments/bench"
	"github.com/workerlab/workerlab/experiments/fidelity"
	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// both are our server and gunicorn, started by this process without a session.
type both []rig.Software

// Start implements fidelity.Starter.
func (b both) Start(ctx context.Context, t trial.Trial) (*rig.Running, error) {
	software := b[0]
	if t.System != "" {
		software = b[1]
	}
	return software.Server(t, launch.Cores{CPURate: 600_000, AppRate: 20_000}).Start(ctx)
}

// installed are both; the test is skipped where gunicorn is missing, but not in CI.
func installed(t *testing.T) both {
	t.Helper()
	software, err := bench.Named([]string{results.Ours, fidelity.Theirs})
	if err == nil {
		_, err = software[1].Version(t.Context())
	}
	if err != nil && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return software
}

// One behaviour that is the same and one that is not, on real servers.
func TestBehavioursOfBothServers(t *testing.T) {
	t.Setenv("GORACE", "atexit_sleep_ms=0")
	var behaviours []fidelity.Behaviour
	for _, b := range fidelity.Behaviours() {
		if b.ID == "pipelining" || b.ID == "kill" {
			behaviours = append(behaviours, b)
		}
	}
	rows, err := fidelity.Observe(t.Context(), installed(t), behaviours, []string{"gthread"}, func(fidelity.Progress) {})
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if kill := rows[0]; !kill.Same || kill.Ours.Events[0].What != "FIN" {
		t.Errorf("a killed worker: ours %v, gunicorn %v", kill.Ours, kill.Theirs)
	}
	if pipelining := rows[1]; pipelining.Same || pipelining.Reason == "" {
		t.Errorf("two requests at once: ours %v, gunicorn %v, because %q", pipelining.Ours, pipelining.Theirs, pipelining.Reason)
	}
}

// An interruption writes nothing and leaves no server.
func TestInterruptedFidelityLeavesNothing(t *testing.T) {
	installed(t)
	t.Setenv("GORACE", "atexit_sleep_ms=0")
	servers := t.TempDir() // the folders of gunicorn's servers
	t.Setenv("TMPDIR", servers)
	dir := filepath.Join(t.TempDir(), "fidelity")
	ctx, cancel := context.WithCancel(t.Context())
	errs := &interrupter{at: "] ", cancel: cancel}
	var out bytes.Buffer
	code := run(ctx, []string{"fidelity", "--only", "behaviour", "--out", dir}, nil, &out, errs)
	if code != exitInterrupted || out.Len() > 0 || !strings.HasSuffix(errs.String(), "workerlab: interrupted; nothing was written\n") {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, out.String(), errs.String())
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a folder was made")
	}
	if left, _ := os.ReadDir(servers); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// An interrupter cancels as soon as a text is written.
type interrupter struct {
	at     string
	cancel context.CancelFunc
	mu     sync.Mutex
	bytes.Buffer
}

func (i *interrupter) Write(p []byte) (int, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if strings.Contains(string(p), i.at) {
		i.cancel()
	}
	return i.Buffer.Write(p)
}

func TestFidelityWithoutGunicornSaysHowToInstallIt(t *testing.T) {
	if _, err := os.Stat("/usr/sbin/gunicorn"); err == nil {
		t.Skip("gunicorn is found whatever the path")
	}
	t.Setenv("PATH", t.TempDir())
	var out, errs bytes.Buffer
	code := run(t.Context(), []string{"fidelity"}, nil, &out, &errs)
	const want = "workerlab: gunicorn is not installed (no gunicorn): sudo apt-get install gunicorn, or make real\n"
	if code != exitUsage || errs.String() != want {
		t.Errorf("exit code %d, stderr %q, want %q", code, errs.String(), want)
	}
}

func TestFidelityMistakes(t *testing.T) {
	for args, want := range map[string]string{
		"--only speed":       `--only "speed": want shape or behaviour`,
		"--quick --blocks 3": "--quick and --blocks 3: want one of them",
		"--blocks 1":         "--blocks 1: want at least 2, which tell how runs scatter",
		"--out=":             "--out is empty: want a folder",
		"--blocks many":      `--blocks "many": want a whole number; see workerlab fidelity --help`,
		"now":                `fidelity takes no arguments, got "now"`,
	} {
		var out, errs bytes.Buffer
		code := run(t.Context(), append([]string{"fidelity"}, strings.Fields(args)...), nil, &out, &errs)
		if code != exitUsage || errs.String() != "workerlab: "+want+"\n" {
			t.Errorf("%s: exit code %d, stderr %q, want %q", args, code, errs.String(), want)
		}
	}
}
