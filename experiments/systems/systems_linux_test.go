package systems

import (
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/server/proc"
)

const rate = 20_000 // rounds a millisecond, about; nobody measures here

// servers are one of every software, and one of each of gunicorn's classes.
func servers() map[string]trial.Trial {
	all := make(map[string]trial.Trial)
	for _, class := range []string{"sync", "gthread", "gevent", "eventlet", "tornado"} {
		all["gunicorn "+class] = trialOf("gunicorn", spec.Server{Class: class, Workers: 2, Threads: 1})
	}
	for _, app := range []string{"django", "flask"} {
		hosted := trialOf("gunicorn", spec.Server{Class: "gthread", Workers: 2, Threads: 2, GIL: true})
		hosted.App = app
		all["gunicorn "+app] = hosted
	}
	all["gunicorn preload"] = trialOf("gunicorn", spec.Server{Class: "sync", Workers: 2, Preload: true, AppMemory: 1 << 20})
	all["uwsgi preload"] = trialOf("uwsgi", spec.Server{Class: "sync", Workers: 2, Preload: true})
	for _, name := range []string{"uwsgi", "mod_wsgi", "nginx+gunicorn", "nginx+uwsgi"} {
		all[name] = trialOf(name, spec.Server{Class: "gthread", Workers: 2, Threads: 2, GIL: true})
	}
	for _, name := range []string{"mod_cgid", "nginx+fcgiwrap"} {
		all[name] = trialOf(name, spec.Server{Class: "cgi", Workers: 2})
	}
	return all
}

func trialOf(system string, s spec.Server) trial.Trial {
	return trial.Trial{System: system, Server: s, Load: spec.Load{Do: "cpu:1ms", Clients: 1}, Window: time.Second}
}

func named(t *testing.T, name string) rig.Software {
	t.Helper()
	i := slices.IndexFunc(All(), func(s rig.Software) bool { return s.Name() == name })
	if i < 0 {
		t.Fatalf("no software %q", name)
	}
	software := All()[i]
	if _, known := versions[name]; !known {
		_, versions[name] = software.Version(t.Context())
	}
	if err := versions[name]; err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return software
}

// versions are the answers of softwares that were asked: asking starts programs.
var versions = make(map[string]error)

func TestEverySystemServesAndLeavesNothing(t *testing.T) {
	dir, err := os.MkdirTemp("", "workerlab-systems")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.Chmod(dir, 0o755); err != nil { // Apache's children are somebody else
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", dir)
	for name, trial := range servers() {
		t.Run(name, func(t *testing.T) {
			software := named(t, trial.System)
			if err := software.Supports(trial); err != nil {
				t.Fatal(err)
			}
			running, err := software.Server(trial, launch.Cores{AppRate: rate}).Start(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			stopped := false
			defer func() {
				if !stopped {
					_ = running.Stop()
				}
			}()
			get(t, running.URL+"/task?do=cpu:1ms,wait:2ms", http.StatusOK, "hello\n")
			get(t, running.URL+"/task?do=nap:1ms", http.StatusBadRequest, "")
			counted(t, running, trial)
			all := tree(t, running)
			began := time.Now()
			defer func() { t.Logf("ready after %v, stopped after %v", running.Took, time.Since(began)) }()
			if err := running.Stop(); err != nil {
				t.Error(err)
			}
			stopped = true
			for _, pid := range all {
				gone(t, pid)
			}
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// Pods are several servers of one system: each is one of its own, and stops alone.
func TestASystemStartsMoreThanOnce(t *testing.T) {
	for _, name := range []string{"gunicorn", "nginx+gunicorn"} {
		t.Run(name, func(t *testing.T) {
			system := named(t, name).Server(trialOf(name, spec.Server{Class: "sync", Workers: 1}), launch.Cores{AppRate: rate})
			var all []*rig.Running
			for range 2 {
				running, err := system.Start(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = running.Stop() }()
				all = append(all, running)
			}
			first, second := all[0], all[1]
			if first.URL == second.URL || first.PID == second.PID {
				t.Fatalf("both are process %d at %s", first.PID, first.URL)
			}
			pids := tree(t, first)
			if err := first.Stop(); err != nil {
				t.Error(err)
			}
			for _, pid := range pids {
				gone(t, pid)
			}
			get(t, second.URL+"/task?do=cpu:1ms", http.StatusOK, "hello\n")
			if err := second.Stop(); err != nil {
				t.Error(err)
			}
		})
	}
}

func get(t *testing.T, url string, status int, body string) {
	t.Helper()
	client := http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != status || body != "" && string(text) != body {
		t.Errorf("%s: %d %q, %v; want %d %q", url, resp.StatusCode, text, err, status, body)
	}
}

// counted asks a few more times and compares with the scoreboard: every worker has its row, and every
// request is counted once.
func counted(t *testing.T, running *rig.Running, one trial.Trial) {
	t.Helper()
	if one.Server.Class == "cgi" {
		metered(t, running)
		return
	}
	begun := func() (n uint64) {
		workers, err := running.Scoreboard(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(workers) != one.Server.Workers {
			t.Fatalf("%d rows for %d workers: %+v", len(workers), one.Server.Workers, workers)
		}
		for _, w := range workers {
			if w.InFlight != 0 {
				t.Errorf("%+v is in flight", w)
			}
			n += w.Requests
		}
		return n
	}
	before := begun()
	for range 5 {
		get(t, running.URL+"/task?do=cpu:1ms", http.StatusOK, "hello\n")
	}
	if n := begun() - before; n != 5 {
		t.Errorf("counted %d requests, want 5", n)
	}
}

// metered asks once for an interpreter to be started, of which nobody has an account when it has ended.
func metered(t *testing.T, running *rig.Running) {
	t.Helper()
	used := func() time.Duration {
		for _, meter := range running.Meters {
			d, err := meter()
			if errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.ENOSYS) {
				t.Log(err)
				return -1
			}
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		t.Fatal("no meter")
		return 0
	}
	before := used()
	if before < 0 {
		return
	}
	get(t, running.URL+"/task?do=cpu:20ms", http.StatusOK, "hello\n")
	if d := used() - before; d < 15*time.Millisecond {
		t.Errorf("%v counted of a script that worked 20ms", d)
	}
}

func tree(t *testing.T, running *rig.Running) (all []int) {
	t.Helper()
	for _, root := range append([]int{running.PID}, running.Beside...) {
		pids, err := proc.Tree(root)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, pids...)
	}
	return all
}

// gone fails where a process is still there. Stop has waited for all of them.
func gone(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, 0); err == nil {
		state, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
		t.Errorf("process %d is still there\n%s", pid, state)
	}
}
