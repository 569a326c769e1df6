package calibrate

import (
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/server/proc"
)

// forks is the variable that makes this binary, started as a deployment, one of so many workers under an arbiter;
// child is that of a worker.
const (
	forks = "CALIBRATE_TEST_WORKERS"
	child = "CALIBRATE_TEST_WORKER"
)

// preFork serves as gunicorn does: an arbiter that holds the listening socket, and workers that inherit it.
func preFork(addr, workers string) {
	if os.Getenv(child) != "" {
		l, err := net.FileListener(os.NewFile(3, "listener"))
		if err != nil {
			panic(err)
		}
		panic(serve(l))
	}
	network := "tcp"
	if path, ok := strings.CutPrefix(addr, "unix:"); ok {
		network, addr = "unix", path
	}
	l, err := net.Listen(network, addr)
	if err != nil {
		panic(err)
	}
	file, err := l.(interface{ File() (*os.File, error) }).File()
	if err != nil {
		panic(err)
	}
	n, _ := strconv.Atoi(workers)
	for range n {
		worker := exec.Command("/proc/self/exe", os.Args[1:]...)
		worker.Args[0], worker.ExtraFiles, worker.Stderr = os.Args[0], []*os.File{file}, os.Stderr
		worker.Env = append(os.Environ(), child+"=1")
		worker.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		if err := worker.Start(); err != nil {
			panic(err)
		}
	}
	_, _ = os.Stdout.WriteString("ready\n")
	select {}
}

// running starts a fake gunicorn of so many workers at an address, with more arguments, and tells its process.
func running(t *testing.T, addr string, workers int, args ...string) int {
	t.Helper()
	command := asGunicorn(t, append(args, "app:app", "--bind", addr)...)
	cmd := exec.Command(command.Args[0], command.Args[1:]...)
	cmd.Env = append(os.Environ(), forks+"="+strconv.Itoa(workers))
	cmd.Dir = t.TempDir()
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if _, err := fmt.Fscanln(out, new(string)); err != nil {
		t.Fatal(err)
	}
	return cmd.Process.Pid
}

func anyAddr(t *testing.T) string {
	t.Helper()
	addr, err := launch.FreeAddr()
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

func TestFindsWhatRuns(t *testing.T) {
	t.Parallel()
	tcp, unix := anyAddr(t), "unix:"+filepath.Join(t.TempDir(), "s")
	_, port, _ := net.SplitHostPort(tcp)
	for addr, asked := range map[string][]string{tcp: {tcp, ":" + port, "http://localhost:" + port + "/"}, unix: {unix}} {
		pid := running(t, addr, 3, "-k", "gthread", "--threads=4")
		for _, address := range asked {
			d, err := Find(address, 0, capacity.Size{})
			if err != nil {
				t.Errorf("%s: %v", address, err)
				continue
			}
			if d.PID != pid || d.Program != "gunicorn" || d.Size != (capacity.Size{Class: "gthread", Workers: 3, Threads: 4}) || len(d.Workers) != 3 || len(d.Found) != 3 {
				t.Errorf("%s: %+v, want process %d, gthread 3×4", address, d, pid)
			}
		}
		// What is told counts more, and so does a named process, though it be a worker's.
		d, err := Find(addr, pid, capacity.Size{Class: "gevent", Workers: 2})
		if err != nil || d.Size != (capacity.Size{Class: "gevent", Workers: 2, Threads: 1}) {
			t.Errorf("told gevent and 2 workers: %+v, %v", d, err)
		}
	}
}

func TestWhatIsNotFoundIsNamed(t *testing.T) {
	t.Parallel()
	nobody := anyAddr(t)
	for address, want := range map[string]string{
		nobody: "nobody listens at", "nonsense": "want HOST:PORT", "unix:": "want unix:PATH", "https://localhost:1": "want HOST:PORT", "host:99999": "want HOST:PORT",
	} {
		if d, err := Find(address, 0, capacity.Size{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %+v, %v: want %q", address, d, err, want)
		}
	}
	server := httptest.NewServer(nil) // this process: no server that we know
	defer server.Close()
	d, err := Find(server.URL, 0, capacity.Size{})
	var unknown *UnknownError
	if !errors.As(err, &unknown) || !strings.Contains(err.Error(), "say it by --class") || !strings.Contains(err.Error(), "say it by --threads") {
		t.Errorf("%+v, %v", d, err)
	}
	d, err = Find(server.URL, 0, capacity.Size{Class: "gthread", Threads: 2})
	if err != nil || d.PID != os.Getpid() || d.Size != (capacity.Size{Class: "gthread", Workers: 1, Threads: 2}) {
		t.Errorf("%+v, %v: want this process, gthread 1×2", d, err)
	}
	// Behind a proxy the arbiter is named, and all its children are its workers.
	pid := running(t, anyAddr(t), 2)
	d, err = Find(server.URL, pid, capacity.Size{})
	if err != nil || d.PID != pid || len(d.Workers) != 2 || !strings.Contains(d.Found[0].How, "somebody else's") {
		t.Errorf("%+v, %v: want process %d and its two children", d, err, pid)
	}
	if _, err := Find(server.URL, 1<<22, capacity.Size{Class: "sync"}); err == nil || !proc.Ended(err) {
		t.Errorf("an arbiter that is not there: %v", err)
	}
}

func TestSettingsOfACommandLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("plain.py", "import os\n# threads = 3\nworker_class = 'gthread' # as measured\nthreads = 8\n")
	write("computed.py", "worker_class = 'gthread' if fast else 'sync'\nthreads = cpus * 2\n")
	write("dotted.py", "worker_class = \"gunicorn.workers.ggevent.GeventWorker\"\n")
	for _, c := range []struct{ args, env, class, threads string }{
		{"/usr/bin/python3 /usr/bin/gunicorn app:app", "", "sync", "1"},
		{"python3 -m gunicorn app:app -w 4 -k gevent", "", "gevent", "1"},
		{"gunicorn --worker-class=gthread --threads 2 --threads 6 app:app", "", "gthread", "6"},
		{"gunicorn --worker-cl gthread --thr=3 -kgevent app:app", "", "gevent", "3"},
		{"gunicorn app:app", "GUNICORN_CMD_ARGS=-k gthread --threads '4'", "gthread", "4"},
		{"gunicorn --threads 2 app:app", "GUNICORN_CMD_ARGS=-k gthread --threads=4", "gthread", "2"},
		{"gunicorn -c plain.py app:app", "", "gthread", "8"},
		{"gunicorn -c file:plain.py --threads 2 app:app", "", "gthread", "2"},
		{"gunicorn -c dotted.py app:app", "", "gevent", "1"},
		{"gunicorn --config computed.py app:app", "", "", ""},
		{"gunicorn -c missing.py app:app", "", "", ""},
		{"gunicorn: master [app:app]", "", "", ""},
		{"workerlab serve -k asyncio lab", "", "asgi", "1"},
		{"uwsgi --threads 4", "", "", ""},
	} {
		args := strings.Fields(c.args)
		if strings.HasPrefix(c.args, "gunicorn: ") {
			args = []string{c.args}
		}
		s := readSettings(proc.Process{Args: args, Env: []string{c.env}, Dir: dir})
		class, threads := s.class(), s.threads()
		if m, _ := modelOf(class.value); m.Name != modelName(c.class) || threads.value != c.threads || (class.how == "") != (c.class == "") || (class.why == "") != (c.class != "") {
			t.Errorf("%s %s: class %+v, threads %+v; want %q, %q", c.env, c.args, class, threads, c.class, c.threads)
		}
	}
	if s := readSettings(proc.Process{Args: []string{"gunicorn", "app"}, Dir: dir}); s.class().value != "" {
		t.Errorf("an environment that we may not read may hold anything: %+v", s.class())
	}
	d := &Deployed{PID: 7, Workers: []int{8, 9}}
	of := func(class string, told capacity.Size) error {
		return d.findSize(proc.Process{Args: []string{"gunicorn", "-k", class, "app"}, Env: []string{""}, Dir: dir}, told)
	}
	if err := of("my.workers.OwnWorker", capacity.Size{}); err == nil || !strings.Contains(err.Error(), "my.workers.OwnWorker is none that plan has a model of") {
		t.Errorf("%v", err)
	}
	for class, told := range map[string]string{"uvicorn.workers.UvicornWorker": "", "my.workers.OwnWorker": modelName("asgi")} {
		if err := of(class, capacity.Size{Class: told}); err != nil || d.Size.Class != modelName("asgi") || d.Class.Name != class {
			t.Errorf("%s: %v as %+v, %v: want it under its own name", class, d.Size, d.Class, err)
		}
	}
}

// modelName is what the model of a class is called.
func modelName(class string) string {
	m, _ := catalog.Named(class)
	return m.Name
}

func TestTheCommonParentIsTheArbiter(t *testing.T) {
	t.Parallel()
	server, supervisor := []string{"gunicorn", "app"}, []string{"/sbin/init"}
	for name, c := range map[string]struct {
		all   processes
		roots []int
		known []int
	}{
		"an arbiter and its workers":       {processes{5: {PID: 5, Parent: 1, Args: server}, 6: {PID: 6, Parent: 5, Args: server}}, []int{5}, []int{5}},
		"a socket that init opened":        {processes{1: {PID: 1, Args: supervisor}, 5: {PID: 5, Parent: 1, Args: server}, 6: {PID: 6, Parent: 5, Args: server}}, []int{1}, []int{5}},
		"each worker has one of its own":   {processes{6: {PID: 6, Parent: 5, Args: server}, 7: {PID: 7, Parent: 5, Args: server}}, []int{6, 7}, []int{6, 7}},
		"programs that nobody knows":       {processes{3: {PID: 3, Parent: 2, Args: supervisor}, 4: {PID: 4, Parent: 3, Args: supervisor}}, []int{3}, []int{3}},
		"servers of which one is no other": {processes{5: {PID: 5, Parent: 1, Args: server}, 8: {PID: 8, Parent: 2, Args: server}}, []int{5, 8}, []int{5, 8}},
	} {
		if roots := c.all.roots(); !slices.Equal(roots, c.roots) || !slices.Equal(c.all.known(roots), c.known) {
			t.Errorf("%s: roots %v, known %v; want %v, %v", name, roots, c.all.known(roots), c.roots, c.known)
		}
	}
}
