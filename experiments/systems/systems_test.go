package systems

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

func TestNamesAreUniqueAndCanBeFlags(t *testing.T) {
	seen := make(map[string]bool)
	for _, s := range All() {
		if seen[s.Name()] || strings.ContainsAny(s.Name(), " ,@/") || s.Name() == results.Ours {
			t.Errorf("name %q", s.Name())
		}
		seen[s.Name()] = true
	}
}

func TestWhatIsMissingIsNamedWithItsCommand(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	err := installed("it", part{"no-such-program", "its-package"}, part{"/no/such/module.so", "another"})
	var missing *rig.NotInstalledError
	if !errors.As(err, &missing) || missing.Command() != "sudo apt-get install its-package another" || !strings.Contains(err.Error(), "no-such-program") {
		t.Errorf("%v", err)
	}
	if _, err := (uwsgi{}).Version(t.Context()); !errors.As(err, &missing) {
		t.Errorf("uWSGI without uWSGI: %v", err)
	}
}

func TestSupports(t *testing.T) {
	s := func(change func(*trial.Trial)) trial.Trial {
		t := trial.Trial{Server: spec.Server{Class: "sync", Workers: 1}, Load: spec.Load{Do: "cpu:1ms"}}
		change(&t)
		return t
	}
	plain := s(func(*trial.Trial) {})
	for name, c := range map[string]struct {
		trial trial.Trial
		not   []string // softwares that cannot
	}{
		"plain":       {plain, []string{"mod_cgid", "nginx+fcgiwrap"}},
		"asgi":        {s(func(t *trial.Trial) { t.Server.Class = "asgi" }), names()},
		"gevent":      {s(func(t *trial.Trial) { t.Server.Class = "gevent" }), []string{"uwsgi", "mod_wsgi", "nginx+uwsgi", "mod_cgid", "nginx+fcgiwrap"}},
		"free thread": {s(func(t *trial.Trial) { t.Server.Class, t.Server.Threads = "gthread", 4 }), names()},
		"half second": {s(func(t *trial.Trial) { t.Server.KeepAlive = time.Second / 2 }), []string{"gunicorn", "uwsgi", "mod_wsgi", "nginx+gunicorn", "nginx+uwsgi", "mod_cgid", "nginx+fcgiwrap"}},
		"reload":      {s(func(t *trial.Trial) { t.Event = trial.Reloads }), []string{"uwsgi", "mod_wsgi", "nginx+uwsgi", "mod_cgid", "nginx+fcgiwrap"}},
		"script":      {s(func(t *trial.Trial) { t.Server.Class, t.App = "cgi", "sh" }), []string{"gunicorn", "uwsgi", "mod_wsgi", "workerlab+python", "nginx+gunicorn", "nginx+uwsgi", "nginx+workerlab"}},
	} {
		for _, software := range All() {
			if software.Name() == "nginx+workerlab" && name != "script" {
				continue // ours runs what it is asked for
			}
			if err := software.Supports(c.trial); (err != nil) != slices.Contains(c.not, software.Name()) {
				t.Errorf("%s on %s: %v", name, software.Name(), err)
			}
		}
	}
}

func names() (all []string) {
	for _, s := range All() {
		all = append(all, s.Name())
	}
	return all
}

func TestGunicornIsConfigured(t *testing.T) {
	config := gunicornConfig(trial.Trial{Server: spec.Server{
		Class: "gthread", Workers: 2, Threads: 4, Timeout: spec.Never, KeepAlive: 5 * time.Second,
		Backlog: 64, MaxRequests: 100, Jitter: 10, Connections: 7, Preload: true,
	}})
	for _, want := range []string{
		`worker_class = "gthread"`, "workers = 2", "threads = 4", "timeout = 0", "keepalive = 5", "backlog = 64",
		"max_requests = 100", "max_requests_jitter = 10", "worker_connections = 7", "preload_app = True",
	} {
		if !strings.Contains(config, want+"\n") {
			t.Errorf("lacks %q:\n%s", want, config)
		}
	}
	if strings.Contains(config, "reuse_port") {
		t.Errorf("reuse_port was not asked for:\n%s", config)
	}
}

func TestBoard(t *testing.T) {
	var data []byte
	for _, row := range [][3]uint64{{7, 5, 4}, {0, 0, 0}, {9, 2, 2}, {10, 3, 4}} { // of the last a thread was overtaken
		data = binary.NativeEndian.AppendUint64(data, row[0])
		data = binary.NativeEndian.AppendUint64(data, row[1])
		data = binary.NativeEndian.AppendUint64(data, row[2])
		data = append(data, make([]byte, rowBytes-24)...)
	}
	got := readBoard(data)
	want := []rig.Worker{
		{Slot: 0, PID: 7, State: rig.Serving, Requests: 5, InFlight: 1},
		{Slot: 2, PID: 9, State: rig.Serving, Requests: 2},
		{Slot: 3, PID: 10, State: rig.Serving, Requests: 3},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func FuzzBoard(f *testing.F) {
	f.Add([]byte("0123456789"))
	f.Add(make([]byte, boardBytes))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, w := range readBoard(data) {
			if w.InFlight < 0 || w.Slot >= len(data)/rowBytes {
				t.Errorf("%+v of %d bytes", w, len(data))
			}
		}
	})
}
