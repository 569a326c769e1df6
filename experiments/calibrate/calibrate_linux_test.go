package calibrate

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/models/capacity"
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

func TestADeploymentIsMeasured(t *testing.T) {
	size := capacity.Size{Class: "sync", Workers: 1, Threads: 1}
	server, err := Start(t.Context(), asGunicorn(t, "app:app"), size, "/")
	if err != nil {
		t.Fatal(err)
	}
	run, err := server.Measure(t.Context(), Load{Paths: []string{"/"}, Weights: []float64{1}, Clients: 1, Window: time.Second, Seed: 1})
	if err != nil || run.Mean < 5*time.Millisecond || run.CPU <= 0 || run.CPU > 5*time.Millisecond || run.PSS == 0 || run.Workers != 1 {
		t.Errorf("%+v, %v: the request waits 5 ms", run, err)
	}
	if _, err := server.Measure(t.Context(), Load{Paths: []string{"/none"}, Weights: []float64{1}, Clients: 1, Window: 200 * time.Millisecond, Seed: 1}); err == nil || !strings.Contains(err.Error(), "status 404") {
		t.Errorf("a path that is not there: %v", err)
	}
	if err := server.Stop(); err != nil {
		t.Error(err)
	}
	if err := server.answers(t.Context(), "/"); err == nil {
		t.Error("it still answers")
	}
}

func TestADeploymentThatDoesNotStartSaysWhy(t *testing.T) {
	size := capacity.Size{Class: "sync", Workers: 1, Threads: 1}
	for args, want := range map[string]string{"broken:app": "No module named 'broken'", "app:app": "GET /fails answers 500"} {
		if _, err := Start(t.Context(), asGunicorn(t, args), size, "/fails"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
	if _, err := Start(t.Context(), Command{Args: []string{"/no/such/gunicorn"}}, size, "/"); err == nil {
		t.Error("started")
	}
}
