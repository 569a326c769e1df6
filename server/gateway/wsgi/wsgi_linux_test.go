package wsgi_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/internal/patience"
	"github.com/workerlab/workerlab/server/servertest"
)

func TestMain(m *testing.M) { os.Exit(servertest.Main(m)) }

// classes that can have a WSGI application, and the Python package that each needs.
var classes = map[string]string{"sync": "wsgiref", "gthread": "wsgiref", "tornado": "wsgiref", "gevent": "gevent", "eventlet": "eventlet"}

// python is an interpreter that has the modules: Debian's, or the one on the PATH. Where there is none the test
// is skipped, or fails where everything is to be tested.
func python(t *testing.T, modules ...string) string {
	t.Helper()
	for _, path := range []string{"/usr/bin/python3", "python3"} {
		if importable(path, strings.Join(modules, ",")) {
			return path
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("Python cannot import %v: make real", modules)
	}
	t.Skipf("Python cannot import %v: make real installs it", modules)
	return ""
}

// importable is asked once for each interpreter and modules.
func importable(python, modules string) bool {
	known, _ := answers.LoadOrStore(python+" "+modules, sync.OnceValue(func() bool {
		return exec.Command(python, "-c", "import "+modules).Run() == nil
	}))
	return known.(func() bool)()
}

var answers sync.Map

// eachClass runs a test under every class.
func eachClass(t *testing.T, test func(t *testing.T, class string)) {
	t.Parallel()
	for class, module := range classes {
		t.Run(class, func(t *testing.T) {
			t.Parallel()
			python(t, module)
			test(t, class)
		})
	}
}

// probe starts testdata/probe.py.
func probe(t *testing.T, class string, args ...string) *servertest.Server {
	t.Helper()
	return serve(t, "probe", class, args...)
}

func threads(class string) string {
	if class == "gthread" {
		return "3"
	}
	return "1"
}

func serve(t *testing.T, app, class string, args ...string) *servertest.Server {
	t.Helper()
	return host(t, python(t, classes[class]), "testdata", app, class, args...)
}

func host(t *testing.T, python, folder, app, class string, args ...string) *servertest.Server {
	t.Helper()
	args = append([]string{"--python", python, "--chdir", folder, "-k", class, "--threads", threads(class)}, args...)
	return servertest.Start(t, servertest.Binary, append(args, app)...)
}

var client = http.Client{Timeout: patience.Limit}

// ask returns the status and the body of an answer.
func ask(t *testing.T, method, url string, body io.Reader) (int, string) {
	t.Helper()
	r, err := http.NewRequest(method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: %v after %q", method, url, err, text)
	}
	return resp.StatusCode, string(text)
}

func want(t *testing.T, s *servertest.Server, path string, status int, body string) {
	t.Helper()
	if code, got := ask(t, "GET", "http://"+s.Addr+path, nil); code != status || got != body {
		t.Errorf("%s: %d %.200q, want %d %q", path, code, got, status, body)
	}
}

func TestApplicationsAreServed(t *testing.T) {
	eachClass(t, func(t *testing.T, class string) {
		s := probe(t, class)
		for range 3 { // a channel carries one exchange after the other
			want(t, s, "/hello", 200, "hello\n")
		}
		want(t, s, "/written", 200, "one two three")
		want(t, s, "/blocks", 200, "one two three")
		want(t, s, "/closes", 200, "1")
		want(t, s, "/unclosed", 200, "whole") // what fails behind the answer harms neither it nor the next
		want(t, s, "/stated", 200, "whole")
		want(t, s, "/errors", 200, "hello\n")
		want(t, s, "/replaced", 503, "replaced")
		want(t, s, "/empty", 204, "")
		want(t, s, "/large", 200, strings.Repeat("x", 3_000_000))
		source, err := os.ReadFile("testdata/probe.py")
		if err != nil {
			t.Fatal(err)
		}
		want(t, s, "/file", 200, string(source))
		if !strings.Contains(s.Log(), "a word to the log") {
			t.Error("wsgi.errors does not lead to the log")
		}
		if code, body := ask(t, "HEAD", "http://"+s.Addr+"/hello", nil); code != 200 || body != "" {
			t.Errorf("HEAD: %d %q", code, body)
		}
	})
}

func TestEnviron(t *testing.T) {
	eachClass(t, func(t *testing.T, class string) {
		s := probe(t, class)
		r, err := http.NewRequest("GET", "http://"+s.Addr+"/environ/caf%C3%A9%2F;p?q=%20&a=b", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.URL.Path, r.URL.RawPath = "/environ", "" // the route; what is behind it is checked below
		r.Header = http.Header{
			"X-Twice": {"a", "b"}, "Cookie": {"c=1", "d=2"}, "X_Under": {"dropped"}, "Proxy": {"dropped"},
			"X-Forwarded-Proto": {"https"}, "Content-Type": {"text/x"},
		}
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var got map[string]any
		if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
			t.Fatal(err)
		}
		host, port, _ := net.SplitHostPort(s.Addr)
		for name, want := range map[string]any{
			"REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": "/environ", "QUERY_STRING": "q=%20&a=b",
			"SERVER_NAME": host, "SERVER_PORT": port, "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
			"HTTP_HOST": s.Addr, "HTTP_X_TWICE": "a,b", "HTTP_COOKIE": "c=1; d=2", "CONTENT_TYPE": "text/x",
			"HTTP_X_UNDER": nil, "HTTP_PROXY": nil, "HTTP_CONTENT_TYPE": nil, "CONTENT_LENGTH": nil,
			"wsgi.url_scheme": "https", "wsgi.multithread": class != "sync" && class != "tornado",
			"wsgi.multiprocess": false, "wsgi.run_once": false, "RAW_URI": "/environ?q=%20&a=b",
		} {
			if got[name] != want {
				t.Errorf("%s is %#v, want %#v", name, got[name], want)
			}
		}
	})
}

// Bodies of any framing, longer than every buffer on the way, read whole, by lines, or not at all.
func TestRequestBodies(t *testing.T) {
	eachClass(t, func(t *testing.T, class string) {
		s := probe(t, class)
		long := strings.Repeat("0123456789", 300_000)
		for name, body := range map[string]io.Reader{
			"sized": strings.NewReader(long), "in chunks": io.MultiReader(strings.NewReader(long)),
		} {
			if code, got := ask(t, "POST", "http://"+s.Addr+"/echo", body); code != 200 || got != long {
				t.Errorf("%s: %d, %d bytes", name, code, len(got))
			}
		}
		if _, got := ask(t, "POST", "http://"+s.Addr+"/lines", strings.NewReader("a\nb\nc")); got != `[b'a\n', [b'b\n', b'c']]` {
			t.Errorf("lines: %s", got)
		}
		if code, got := ask(t, "POST", "http://"+s.Addr+"/unread", strings.NewReader(long[:100_000])); code != 200 || got != "not read\n" {
			t.Errorf("unread: %d %q", code, got)
		}
		want(t, s, "/hello", 200, "hello\n")
	})
}

// wsgiref's validator raises what it finds as an AssertionError, which would be a 500.
func TestValidator(t *testing.T) {
	eachClass(t, func(t *testing.T, class string) {
		s := serve(t, "probe:valid", class)
		want(t, s, "/", 200, "hello\n")
		if code, got := ask(t, "POST", "http://"+s.Addr+"/x?y=z", strings.NewReader("body")); code != 200 || got != "hello\n" {
			t.Errorf("POST: %d %q\n%s", code, got, s.Log())
		}
	})
}

func TestBlocksAreSentAsTheyCome(t *testing.T) {
	t.Parallel()
	for _, class := range []string{"gthread", "gevent", "eventlet"} {
		t.Run(class, func(t *testing.T) {
			t.Parallel()
			s := probe(t, class)
			resp, err := client.Get("http://" + s.Addr + "/drip")
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			lines := bufio.NewReader(resp.Body)
			if first, err := lines.ReadString('\n'); first != "first\n" {
				t.Fatalf("%q, %v", first, err)
			}
			want(t, s, "/go", 200, "hello\n") // only now there is a second
			if second, err := lines.ReadString('\n'); second != "second\n" {
				t.Errorf("%q, %v", second, err)
			}
		})
	}
}

// Each mistake is answered by 500 and logged with its reason, and the worker lives.
func TestMistakes(t *testing.T) {
	eachClass(t, func(t *testing.T, class string) {
		s := probe(t, class)
		before := s.Scoreboard()[0].PID
		for path, reason := range map[string]string{
			"/raises": "ValueError: raised on purpose", "/exits": "SystemExit: exit on purpose",
			"/twice": "start_response was called twice", "/unstarted": "start_response was not called",
			"/nothing": "'NoneType' object is not iterable", "/number": "TypeError", "/text": "TypeError",
			"/status": "status makes no sense", "/field": "TypeError", "/split": "control character", "/view": "not of memoryview",
		} {
			if code, body := ask(t, "GET", "http://"+s.Addr+path, nil); code != 500 || strings.Contains(body, "purpose") {
				t.Errorf("%s: %d %q", path, code, body)
			}
			patience.Eventually(t, path+" is logged: "+reason, func() bool { return strings.Contains(s.Log(), reason) })
		}
		for _, path := range []string{"/late", "/too_late", "/longer"} {
			if resp, err := client.Get("http://" + s.Addr + path); err == nil {
				if _, err := io.ReadAll(resp.Body); err == nil && resp.StatusCode == 200 {
					t.Errorf("%s: half an answer looks whole", path)
				}
				resp.Body.Close()
			}
		}
		want(t, s, "/hello", 200, "hello\n")
		if after := s.Scoreboard()[0].PID; after != before {
			t.Errorf("the worker was replaced, %d by %d", before, after)
		}
	})
}

// What an application does when its answer is complete, or with a read that was broken off, never reaches the
// next exchange of the channel.
func TestExchangesDoNotCross(t *testing.T) {
	eachClass(t, func(t *testing.T, class string) {
		s := probe(t, class)
		for range 3 {
			if code, body := ask(t, "POST", "http://"+s.Addr+"/lingers", strings.NewReader("its body")); code != 200 || body != "whole" {
				t.Errorf("%d %q", code, body)
			}
			if code, body := ask(t, "POST", "http://"+s.Addr+"/echo", strings.NewReader("another's")); code != 200 || body != "another's" {
				t.Errorf("the next exchange: %d %q", code, body)
			}
		}
		patience.Eventually(t, "the late write is refused", func() bool { return strings.Contains(s.Log(), "the answer is complete") })
		if !strings.Contains(s.Log(), "left over: b''") {
			t.Errorf("a late read found something:\n%s", s.Log())
		}
	})
}

func TestReadsThatAreBrokenOff(t *testing.T) {
	t.Parallel()
	s := probe(t, "sync")
	c, err := net.Dial("tcp", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = io.WriteString(c, "POST /broken HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n")
	first := make(chan string, 1)
	go func() { // behind it in the queue: the worker waits for the body of the first
		resp, err := client.Get("http://" + s.Addr + "/hello")
		if err != nil {
			first <- err.Error()
			return
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		first <- string(text)
	}()
	patience.Eventually(t, "the exchange is under way", func() bool { return s.Scoreboard()[0].InFlight == 1 })
	time.AfterFunc(time.Second/2, func() { _, _ = io.WriteString(c, "PATH_INFO\x00/forged\x00x") })
	if got := <-first; got != "hello\n" {
		t.Errorf("%q", got)
	}
}

func TestWritesThatAreBrokenOff(t *testing.T) {
	t.Parallel()
	s := probe(t, "sync")
	resp, err := client.Get("http://" + s.Addr + "/stuck")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	patience.Eventually(t, "the application gives up", func() bool { return strings.Contains(s.Log(), "nobody reads") })
	body, err := io.ReadAll(resp.Body)
	whole := err == nil && resp.StatusCode == http.StatusOK && string(body) != "and goes on" // or broken off before a byte
	if whole || os.IsTimeout(err) {
		t.Errorf("half an answer looks whole, or never ends: %d bytes, %v", len(body), err)
	}
	want(t, s, "/hello", 200, "hello\n")
}

// A child that the application starts while it is imported does not keep its worker from serving.
func TestApplicationThatForks(t *testing.T) {
	t.Parallel()
	s := serve(t, "forking", "sync")
	want(t, s, "/hello", 200, "hello\n")
}

// An interpreter that dies costs the request, and its worker is replaced.
func TestInterpreterThatDies(t *testing.T) {
	eachClass(t, func(t *testing.T, class string) {
		for _, preload := range []string{"--preload=false", "--preload"} {
			s := probe(t, class, preload)
			before := s.Scoreboard()[0].PID
			if code, _ := ask(t, "GET", "http://"+s.Addr+"/dies", nil); code != 502 {
				t.Errorf("%s: status %d, want 502", preload, code)
			}
			s.Until("the worker is replaced", func(w []servertest.Worker) bool { return len(w) == 1 && w[0].PID != before })
			want(t, s, "/hello", 200, "hello\n")
		}
	})
}

// No interpreter outlives its server, however that ends.
func TestNoInterpreterIsLeft(t *testing.T) {
	t.Parallel()
	for _, preload := range []bool{false, true} {
		for name, sig := range map[string]unix.Signal{"TERM": unix.SIGTERM, "KILL": unix.SIGKILL} {
			t.Run(fmt.Sprintf("%s, preload %v", name, preload), func(t *testing.T) {
				t.Parallel()
				s := probe(t, "sync", "-w", "2", fmt.Sprintf("--preload=%v", preload))
				want(t, s, "/hello", 200, "hello\n")
				all := descendants(t, s.PID)
				if least := map[bool]int{false: 5, true: 6}[preload]; len(all) < least {
					t.Fatalf("%d processes, want %d", len(all), least)
				}
				s.Signal(s.PID, sig)
				for _, pid := range all {
					patience.Eventually(t, fmt.Sprintf("process %d is gone", pid), func() bool { return !servertest.Running(pid) })
				}
			})
		}
	}
}

// descendants are a process and all below it.
func descendants(t *testing.T, pid int) []int {
	t.Helper()
	all := []int{pid}
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range tasks {
		children, _ := os.ReadFile(path) // a thread may have ended
		for _, field := range strings.Fields(string(children)) {
			var child int
			if _, err := fmt.Sscan(field, &child); err == nil {
				all = append(all, descendants(t, child)...)
			}
		}
	}
	return all
}

func TestWaysToNameAnApplication(t *testing.T) {
	t.Parallel()
	for app, body := range map[string]string{
		"probe": "hello\n", "probe:site.app": "hello\n", `probe:make("hi")`: "hi", `probe:make("hi", times=2)`: "hihi",
	} {
		s := serve(t, app, "sync")
		want(t, s, "/", 200, body)
	}
}

// What cannot be served ends the server, with a reason and gunicorn's exit code.
func TestApplicationsThatCannotBeLoaded(t *testing.T) {
	t.Parallel()
	for app, c := range map[string]struct {
		args   []string
		code   int
		reason string
	}{
		"absent":             {nil, 4, "No module named 'absent'"},
		"broken":             {nil, 4, "ZeroDivisionError"},
		"probe:absent":       {nil, 4, "module 'probe' has no 'absent'"},
		"probe:not_callable": {nil, 4, "cannot be called"},
		"probe:make(x)":      {nil, 4, "must be literals"},
		"probe:":             {nil, 2, "config.wsgi:application"},
		"pro be":             {nil, 2, "config.wsgi:application"},
		"probe:application":  {[]string{"-k", "asgi"}, 2, "cannot be awaited"},
		"probe:hello":        {[]string{"--gil"}, 2, "--gil is for the lab app"},
		"probe:echo":         {[]string{"--python", "no-such-python"}, 2, "no-such-python"},
		"probe:raises":       {[]string{"--chdir", "no-such-folder"}, 2, "no-such-folder"},
	} {
		for _, preload := range []string{"--preload=false", "--preload"} {
			t.Run(app+preload, func(t *testing.T) {
				t.Parallel()
				args := append([]string{"serve", "-b", "127.0.0.1:0", "--cpu-rate", "1", "--chdir", "testdata", preload}, c.args...)
				out, err := exec.Command(servertest.Binary, append(args, app)...).CombinedOutput()
				var exit *exec.ExitError
				if !errors.As(err, &exit) || exit.ExitCode() != c.code || !strings.Contains(string(out), c.reason) {
					t.Errorf("%v, want %d and %q:\n%s", err, c.code, c.reason, out)
				}
			})
		}
	}
}

// The timeout kills an interpreter that hangs with its worker, under the classes whose timeout does so.
func TestTimeout(t *testing.T) {
	t.Parallel()
	for _, class := range []string{"sync", "tornado"} {
		t.Run(class, func(t *testing.T) {
			t.Parallel()
			s := probe(t, class, "--timeout", "1s")
			before := s.Scoreboard()[0].PID
			if resp, err := client.Get("http://" + s.Addr + "/wait?20"); err == nil {
				t.Errorf("answered with %v", resp.Status)
			}
			s.Until("the worker is replaced", func(w []servertest.Worker) bool { return len(w) == 1 && w[0].PID != before })
			want(t, s, "/hello", 200, "hello\n")
		})
	}
}

// Waits of requests overlap under the classes that can have several, and only there.
func TestConcurrency(t *testing.T) {
	eachClass(t, func(t *testing.T, class string) {
		s := probe(t, class)
		const each, together = 300 * time.Millisecond, 3
		began := time.Now()
		done := make(chan string, together)
		for range together {
			go func() {
				resp, err := client.Get("http://" + s.Addr + "/wait?0.3")
				if err != nil {
					done <- err.Error()
					return
				}
				resp.Body.Close()
				done <- ""
			}()
		}
		for range together {
			if err := <-done; err != "" {
				t.Fatal(err)
			}
		}
		took := time.Since(began)
		if alone := class == "sync" || class == "tornado"; alone && took < together*each {
			t.Errorf("%d waits of %v took %v: they overlapped", together, each, took)
		} else if !alone && took >= together*each {
			t.Errorf("%d waits of %v took %v: they did not overlap", together, each, took)
		}
	})
}

// A preloaded application is imported once, by a process that no worker is.
func TestPreload(t *testing.T) {
	eachClass(t, func(t *testing.T, class string) {
		s := probe(t, class, "-w", "2", "--preload")
		want(t, s, "/hello", 200, "hello\n")
		if n := strings.Count(s.Log(), "probe was imported"); n != 1 {
			t.Errorf("imported %d times", n)
		}
		before := s.Scoreboard()[0].PID
		s.Signal(before, unix.SIGKILL)
		s.Until("the worker is replaced", func(w []servertest.Worker) bool { return len(w) == 2 && w[0].PID != before && w[1].PID != before })
		want(t, s, "/hello", 200, "hello\n")
		if n := strings.Count(s.Log(), "probe was imported"); n != 1 {
			t.Errorf("imported %d times after a replacement", n)
		}
	})
}

// A client that goes in the middle of its body or its answer harms nobody.
func TestClientsThatGo(t *testing.T) {
	eachClass(t, func(t *testing.T, class string) {
		s := probe(t, class)
		for _, request := range []string{
			"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nhalf of it",
			"GET /large HTTP/1.1\r\nHost: x\r\n\r\n",
			"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n",
		} {
			c, err := net.Dial("tcp", s.Addr)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(c, request); err != nil {
				t.Fatal(err)
			}
			c.Close()
		}
		want(t, s, "/hello", 200, "hello\n")
		if log := s.Log(); strings.Contains(log, "Traceback") {
			t.Errorf("a client that has gone is taken for a mistake:\n%s", log)
		}
	})
}
