package planning

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/workerlab/workerlab/experiments/calibrate"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/models/catalog"
)

const app = `def app(environ, start_response):
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]
`

// standIn is a class of another's name that serves a WSGI application, so that it is seen to be started by it.
const standIn = "from gunicorn.workers.sync import SyncWorker as UvicornWorker\n"

// recommending is a plan for a command in a folder, that recommends a class.
func recommending(t *testing.T, dir string, size capacity.Size, args ...string) *Plan {
	t.Helper()
	p := &Plan{
		Request: Request{
			SLO: "p99=1s", Goal: capacity.Goal{Rate: 1}, Design: calibrate.Design{Paths: []trial.Path{{Path: "/", Weight: 1}}},
			Command: calibrate.Command{Args: args, Dir: dir, Env: []string{"PYTHONPATH=" + dir}},
		},
		sizes: capacity.Plan{Best: &capacity.Outcome{Size: size}},
	}
	if err := p.Settle(); err != nil {
		t.Fatal(err)
	}
	return p
}

func folderOf(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// asgi is the class of what is awaited.
func asgi() string {
	m, _ := catalog.Named("asgi")
	return m.Name
}

func needGunicorn(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("gunicorn"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("gunicorn is not installed: apt-get install gunicorn")
	}
}

// Whatever class of gunicorn's is recommended, gunicorn takes its file and starts by it.
func TestWrittenConfigurationsStart(t *testing.T) {
	needGunicorn(t)
	dir := folderOf(t, map[string]string{"hello.py": app, "uvicorn/__init__.py": "", "uvicorn/workers.py": standIn})
	const uvicorn = "uvicorn.workers.UvicornWorker"
	classes := []string{uvicorn}
	for _, m := range catalog.Models() {
		if !m.Ours && !m.Awaits {
			classes = append(classes, m.Name)
		}
	}
	for _, class := range classes {
		t.Run(class, func(t *testing.T) {
			m, _ := catalog.Named(class)
			if m.Greenlets != "" && exec.Command("/usr/bin/python3", "-c", "import "+m.Greenlets).Run() != nil {
				t.Skipf("%s is not installed: apt-get install python3-%[1]s", m.Greenlets)
			}
			args, size := []string{"gunicorn", "hello:app"}, capacity.Size{Class: m.Name, Workers: 1, Threads: 1}
			if m.Threads {
				size.Threads = 2
			}
			if class == uvicorn {
				args = append(args, "-k", uvicorn)
				size.Class = asgi()
			}
			p := recommending(t, dir, size, args...)
			file := filepath.Join(t.TempDir(), gunicornConfig)
			if err := p.WriteConfig(file); err != nil {
				t.Fatal(err)
			}
			check := exec.Command("gunicorn", "--check-config", "-c", file, "hello:app")
			check.Dir, check.Env = dir, append(os.Environ(), p.Command.Env...)
			if out, err := check.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			if err := p.Try(t.Context()); err != nil {
				t.Errorf("%v\n%s", err, p.config())
			}
			if !strings.Contains(p.config(), `worker_class = "`+class+`"`) {
				t.Errorf("%s is written as\n%s", class, p.config())
			}
		})
	}
}

// What does not start is not written.
func TestAConfigurationThatDoesNotStart(t *testing.T) {
	needGunicorn(t)
	dir := folderOf(t, map[string]string{"hello.py": app})
	for name, args := range map[string][]string{
		"no such module": {"gunicorn", "none:app"},
		"no such class":  {"gunicorn", "hello:app", "-k", "uvicorn.workers.UvicornWorker"},
	} {
		p := recommending(t, dir, capacity.Size{Class: "sync", Workers: 1, Threads: 1}, args...)
		if p.Command.Class.Set && args[2] == "-k" {
			p.sizes.Best.Class = asgi()
		}
		if err := p.Try(t.Context()); err == nil || !strings.Contains(err.Error(), "does not start, so no gunicorn.conf.py is written") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Only what can serve the application is chosen among, by the name that its server knows.
func TestOnlyWhatCanServeIsChosen(t *testing.T) {
	for _, c := range []struct {
		args            string
		asked           []string
		chosen, refused string
	}{
		{"gunicorn app:app", nil, "sync gthread", ""},
		{"gunicorn -k gevent app:app", nil, "sync gthread gevent", ""},
		{"gunicorn app:app", []string{"gevent"}, "gevent", ""},
		{"gunicorn -k uvicorn.workers.UvicornWorker app:app", nil, asgi(), ""},
		{"gunicorn -k uvicorn.workers.UvicornWorker app:app", []string{"sync"}, "", "is served by uvicorn.workers.UvicornWorker: class sync cannot serve its application; want some of " + asgi()},
		{"gunicorn app:app", []string{asgi()}, "", "class " + asgi() + " cannot serve"},
		{"workerlab serve -k asgi lab", nil, asgi(), ""},
	} {
		r := Request{Command: calibrate.Command{Args: strings.Fields(c.args), Dir: t.TempDir()}, Goal: capacity.Goal{Classes: c.asked}}
		err := r.Settle()
		if c.refused != "" {
			if err == nil || !strings.Contains(err.Error(), c.refused) {
				t.Errorf("%s: %v, want %q", c.args, err, c.refused)
			}
			continue
		}
		if got := strings.Join(r.Goal.Classes, " "); err != nil || got != c.chosen || !slices.Contains(r.Design.Classes, r.Goal.Classes[0]) {
			t.Errorf("%s: chosen among %s, measured %v, %v; want %s", c.args, got, r.Design.Classes, err, c.chosen)
		}
	}
}
