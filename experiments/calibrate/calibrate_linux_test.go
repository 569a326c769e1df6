package calibrate

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/results"
)

// TestMain makes the test binary a deployment: started as gunicorn, it answers at the address it is given. It
// runs four tests at once, whatever the processors, since they mostly wait.
func TestMain(m *testing.M) {
	if i := slices.Index(os.Args, "--bind"); i > 0 {
		if n := os.Getenv(forks); n != "" {
			preFork(os.Args[i+1], n)
		}
		deployment(os.Args[i+1], os.Args)
	}
	_ = flag.Set("test.parallel", "4")
	os.Exit(m.Run())
}

func deployment(addr string, args []string) {
	if slices.Contains(args, "broken:app") {
		fmt.Fprintln(os.Stderr, "ModuleNotFoundError: No module named 'broken'")
		os.Exit(3)
	}
	if slices.Contains(args, "deaf:app") {
		signal.Ignore(syscall.SIGINT, syscall.SIGTERM)
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		panic(err)
	}
	panic(serve(l))
}

func serve(l net.Listener) error {
	return http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			<-time.After(5 * time.Millisecond)
			fmt.Fprintln(w, "hello")
		case "/slow":
			<-time.After(100 * time.Millisecond)
			fmt.Fprintln(w, "hello")
		case "/fails":
			w.WriteHeader(http.StatusInternalServerError)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
}

// asGunicorn is a command whose program is called gunicorn: a link to this test.
func asGunicorn(t *testing.T, args ...string) Command {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	link := t.TempDir() + "/gunicorn"
	if err := os.Symlink(self, link); err != nil {
		t.Fatal(err)
	}
	return Command{Args: append([]string{link}, args...)}
}

func TestCommands(t *testing.T) {
	for text, good := range map[string]bool{
		"gunicorn app:app": true, "/usr/bin/python3 -m gunicorn app:app": true, "venv/bin/gunicorn app:app -w 4": true,
		"workerlab serve lab": true, "gunicorn --daemon app:app": false, "gunicorn -D app:app": false, "workerlab bench": false, "uwsgi --module app": false,
	} {
		if err := (Command{Args: strings.Fields(text)}).Check(); (err == nil) != good {
			t.Errorf("%s: %v", text, err)
		}
	}
	args := Command{Args: []string{"gunicorn", "-b", "0:80", "app:app", "--bind=unix:x", "-w", "4"}}.sized(capacity.Size{Class: "gthread", Workers: 2, Threads: 8}, "127.0.0.1:1")
	if want := "gunicorn app:app -w 4 --bind 127.0.0.1:1 --workers 2 --worker-class gthread --threads 8"; strings.Join(args, " ") != want {
		t.Errorf("%q, want %q", args, want)
	}
}

// What a command is served by is found out, and kept under its name.
func TestWhatACommandIsServedBy(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/gunicorn.conf.py", []byte("worker_class = 'gevent'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for text, c := range map[string]struct {
		dir, told, class, name string
		set                    bool
		error                  string
	}{
		"gunicorn app:app": {class: "sync", name: "sync"},
		"gunicorn -k uvicorn.workers.UvicornWorker app:app": {class: modelName("asgi"), name: "uvicorn.workers.UvicornWorker", set: true},
		"gunicorn --worker-class gthread app:app":           {class: "gthread", name: "gthread", set: true},
		"python3 -m gunicorn app:app":                       {dir: dir, class: "gevent", name: "gevent", set: true},
		"gunicorn -k own.Worker app:app":                    {error: "its worker class own.Worker is none that plan has a model of: name the nearest by --class"},
		"gunicorn -k own.Other app:app":                     {told: "gthread", class: "gthread", name: "own.Other", set: true},
		"workerlab serve -k asyncio lab":                    {class: modelName("asgi"), name: modelName("asgi"), set: true},
	} {
		command := Command{Args: strings.Fields(text), Dir: cmp.Or(c.dir, t.TempDir())}
		s, err := command.Serves(c.told)
		if c.error != "" {
			if err == nil || !strings.Contains(err.Error(), c.error) {
				t.Errorf("%s: %+v, %v", text, s, err)
			}
			continue
		}
		if err != nil || s.Class != c.class || s.Name != c.name || s.Set != c.set || s.How == "" {
			t.Errorf("%s: %+v, %v; want %+v", text, s, err, c)
		}
		command.Class = s
		if args := command.sized(capacity.Size{Class: s.Class, Workers: 2, Threads: 1}, "a:1"); !slices.Contains(args, c.name) {
			t.Errorf("%s is started by %q", text, args)
		}
	}
}

// calibrator has the runs of one second made of a deployment, with the records as they are kept.
func calibrator(t *testing.T, d Design, s rig.Software) (*Calibrator, *results.Table) {
	t.Helper()
	d.Window, d.Cores, d.Seed = cmp.Or(d.Window, 500*time.Millisecond), 2, 1
	kept := &results.Table{}
	c := &Calibrator{Design: d, Software: s, Run: "r", Record: func(r results.Record) error {
		*kept = append(*kept, r)
		return nil
	}}
	if err := c.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c, kept
}

func slowPath() []trial.Path { return []trial.Path{{Path: "/slow", Weight: 1}} }

func TestADeploymentIsMeasured(t *testing.T) {
	paths := []trial.Path{{Path: "/", Weight: 1}}
	c, kept := calibrator(t, Design{Paths: paths}, Started{asGunicorn(t, "app:app"), paths})
	size := capacity.Size{Class: "sync", Workers: 1, Threads: 1}
	lone, gone := c.Design.lone(size, paths[0]), c.Design.lone(size, trial.Path{Path: "/none"})
	if err := c.Measure(t.Context(), 0, lone, gone); err != nil {
		t.Fatal(err)
	}
	run, ok := At(*kept, lone, 0)
	if !ok || run.Mean < 5*time.Millisecond || run.CPU <= 0 || run.CPU > 5*time.Millisecond || run.PSS == 0 || run.Size != size || run.Path != "/" || run.Pace <= 0 {
		t.Errorf("%+v, %v: the request waits 5 ms", run, ok)
	}
	if _, ok := At(*kept, gone, 0); ok {
		t.Error("a run of errors counts")
	}
	if m := table(*kept).missing(gone, 0); m.Tries == 0 || !strings.Contains(m.String(), "status 404") && !strings.Contains(m.Why, "no request was answered") {
		t.Errorf("%v", m)
	}
	began := len(*kept)
	if err := c.Measure(t.Context(), 0, lone); err != nil || len(*kept) != began {
		t.Errorf("what counts is made again: %v", err)
	}
}

// All runs of a round, of which the sizes of the later ones come from those before, can be judged again, and what is
// there is not made again.
func TestACalibrationCanBeJudgedAgain(t *testing.T) {
	d := Design{Paths: []trial.Path{{Path: "/", Weight: 1}}, Classes: []string{"sync", "gthread"}, Rounds: 1, Window: 400 * time.Millisecond}
	c, kept := calibrator(t, d, Started{asGunicorn(t, "app:app"), d.Paths})
	if err := c.Calibrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	again, missing := Read(c.Design, *kept)
	if len(again.Runs)+len(missing) != c.Design.runs() {
		t.Fatalf("%d runs, missing %v: together not %d", len(again.Runs), missing, c.Design.runs())
	}
	for _, m := range missing { // on a host that is busy
		if m.Tries == 0 || !strings.Contains(m.Why, "generator: ") {
			t.Fatalf("missing %v", m)
		}
	}
	if _, err := capacity.Fit(again); err != nil {
		t.Error(err)
	}
	if s := c.Design.Checked(again); s.Class != "sync" {
		t.Errorf("the fit is held to %v", s)
	}
	// An interrupted one goes on where it was.
	half := slices.Clone(*kept)[:3]
	rest, more := calibrator(t, d, Started{asGunicorn(t, "app:app"), d.Paths})
	before, left := Read(rest.Design, half)
	if len(left) == 0 || left[len(left)-1].Tries != 0 {
		t.Errorf("of half of it %v is missing", left)
	}
	rest.Earlier = half
	if err := errors.Join(rest.Close(), rest.Open(), rest.Calibrate(t.Context())); err != nil {
		t.Fatal(err)
	}
	for _, r := range *more {
		if slices.ContainsFunc(before.Runs, func(had capacity.Run) bool {
			return had.Size == RunOf(&r).Size && had.Clients == RunOf(&r).Clients && had.Rate == RunOf(&r).Rate
		}) {
			t.Errorf("%v was made again", r.Cell.Key())
		}
	}
	if whole, _ := Read(rest.Design, append(half, *more...)); len(whole.Runs) <= len(before.Runs) {
		t.Errorf("%d runs after %d", len(whole.Runs), len(before.Runs))
	}
	// A run that does not count is named, and the others are kept.
	spoiled := slices.Clone(*kept)
	for i := range spoiled {
		if threads, _ := spoiled[i].Cell.Number("threads"); threads > 1 {
			spoiled[i].Invalid = []string{"generator: the load was not what was asked for"}
		}
	}
	part, lost := Read(c.Design, spoiled)
	if !slices.ContainsFunc(lost, func(m Missing) bool { return strings.Contains(m.String(), "gthread 1×") }) || len(part.Runs) >= len(again.Runs) {
		t.Errorf("%d of %d runs, missing %v", len(part.Runs), len(again.Runs), lost)
	}
	if _, err := capacity.Fit(part); err != nil {
		t.Error(err)
	}
	// So are those that others disturbed: they count, and say so.
	for i := range spoiled {
		spoiled[i].Invalid = []string{"host: steal above 5 % of a core"}
	}
	if noisy, missing := Read(c.Design, spoiled); len(missing) > 0 || !noisy.Runs[0].Disturbed {
		t.Errorf("%d runs, missing %v", len(noisy.Runs), missing)
	}
}

// A deployment that ignores its end is killed with all its processes, which is noted, and nothing is lost by it.
func TestADeploymentThatDoesNotStop(t *testing.T) {
	d := Design{Paths: slowPath(), Classes: []string{"sync", "gthread"}, Rounds: 1}
	c, kept := calibrator(t, d, Started{asGunicorn(t, "deaf:app"), d.Paths})
	one := c.Design.lone(capacity.Size{Class: "sync", Workers: 1, Threads: 1}, d.Paths[0])
	other := c.Design.Saturated(capacity.Size{Class: "sync", Workers: 2, Threads: 1}, 2)
	if err := c.Measure(t.Context(), 0, one, other); err != nil {
		t.Fatal(err)
	}
	for _, made := range []trial.Trial{one, other} {
		if _, ok := At(*kept, made, 0); !ok {
			t.Errorf("%s does not count: %+v", name(made), table(*kept).missing(made, 0))
		}
	}
	if len(c.Notes) != 1 || !strings.Contains(c.Notes[0], "did not stop within 3s of SIGINT and was killed") {
		t.Errorf("notes %q", c.Notes)
	}
}

func TestADeploymentThatDoesNotStartSaysWhy(t *testing.T) {
	size := capacity.Size{Class: "sync", Workers: 1, Threads: 1}
	paths := []trial.Path{{Path: "/fails", Weight: 1}}
	for args, want := range map[string]string{"broken:app": "No module named 'broken'", "app:app": "GET /fails answers 500"} {
		c, kept := calibrator(t, Design{Paths: paths}, Started{asGunicorn(t, args), paths})
		if err := c.Measure(t.Context(), 0, c.Design.lone(size, paths[0])); err == nil || !strings.Contains(err.Error(), want) || len(*kept) != 1 {
			t.Errorf("%s: %v, want %q; %d records", args, err, want, len(*kept))
		}
	}
	c, _ := calibrator(t, Design{Paths: paths}, Started{Command{Args: []string{"/no/such/gunicorn"}}, paths})
	if err := c.Measure(t.Context(), 0, c.Design.lone(size, paths[0])); err == nil {
		t.Error("started")
	}
}
