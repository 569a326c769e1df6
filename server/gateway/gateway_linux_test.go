package gateway_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/fcgi"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/workerlab/workerlab/internal/patience"
	"github.com/workerlab/workerlab/server/servertest"
)

func TestMain(m *testing.M) { os.Exit(servertest.Main(m)) }

func start(t *testing.T, class, app string, args ...string) *servertest.Server {
	t.Helper()
	return servertest.Start(t, servertest.Binary, append(append([]string{"-k", class}, args...), app)...)
}

// client follows no redirect: what a script says is to be seen.
var client = http.Client{
	Timeout:       patience.Limit,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// ask returns the answer with its body read.
func ask(t *testing.T, s *servertest.Server, method, path string, body io.Reader) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, "http://"+s.Addr+path, body)
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
		t.Fatalf("%s %s: %v after %.100q", method, path, err, text)
	}
	return resp, string(text)
}

func want(t *testing.T, s *servertest.Server, path string, status int, body string) {
	t.Helper()
	if resp, got := ask(t, s, "GET", path, nil); resp.StatusCode != status || got != body {
		t.Errorf("%s: %d %.200q, want %d %q", path, resp.StatusCode, got, status, body)
	}
}

var long = strings.Repeat("0123456789", 200_000)

func TestCGI(t *testing.T) {
	servertest.EachClass(t, func(t *testing.T, class string) {
		s := start(t, class, "cgi:testdata/cgi")
		_, env := ask(t, s, "GET", "/env.sh/a%20b/c?x=1&y", nil)
		for _, line := range []string{
			"GATEWAY_INTERFACE=CGI/1.1", "SCRIPT_NAME=/env.sh", "PATH_INFO=/a b/c", "QUERY_STRING=x=1&y",
			"REQUEST_METHOD=GET", "SERVER_PROTOCOL=HTTP/1.1", "HTTP_HOST=" + s.Addr, "REMOTE_ADDR=127.0.0.1",
		} {
			if !strings.Contains(env, line+"\n") {
				t.Errorf("no %s in\n%s", line, env)
			}
		}
		if strings.Contains(env, "CONTENT_LENGTH") {
			t.Errorf("a length without a body:\n%s", env)
		}
		if _, env := ask(t, s, "GET", "/env.sh/..%2f..%2f..%2fetc/passwd", nil); !strings.Contains(env, "/testdata/cgi/etc/passwd\n") {
			t.Errorf("PATH_TRANSLATED leads out of the folder:\n%s", env)
		}
		for name, body := range map[string]io.Reader{"sized": strings.NewReader(long), "in chunks": io.MultiReader(strings.NewReader(long))} {
			if resp, got := ask(t, s, "POST", "/echo.sh", body); resp.StatusCode != 200 || got != long {
				t.Errorf("%s: %d, %d bytes", name, resp.StatusCode, len(got))
			}
		}
		resp, text := ask(t, s, "GET", "/status.sh", nil)
		if resp.StatusCode != 404 || text != "not here\n" || len(resp.Header["X-A"]) != 2 {
			t.Errorf("status: %d %v %q", resp.StatusCode, resp.Header, text)
		}
		if _, moved := ask(t, s, "POST", "/local.sh", strings.NewReader("body")); !strings.Contains(moved, "PATH_INFO=/moved\n") ||
			!strings.Contains(moved, "QUERY_STRING=from=local\n") || !strings.Contains(moved, "REQUEST_METHOD=GET\n") || strings.Contains(moved, "CONTENT_LENGTH") {
			t.Errorf("handed over:\n%s", moved)
		}
		if resp, _ := ask(t, s, "GET", "/away.sh", nil); resp.StatusCode != 302 || resp.Header.Get("Location") != "http://example.org/" {
			t.Errorf("away: %d %v", resp.StatusCode, resp.Header)
		}
		if _, text := ask(t, s, "GET", "/sub/deep.sh", nil); !strings.Contains(text, "SCRIPT_NAME=/sub/deep.sh\n") {
			t.Errorf("deep: %q", text)
		}
		want(t, s, "/nph-raw.sh", 203, "raw\n")
		want(t, s, "/large.sh", 200, strings.Repeat("x", 3_000_000))
	})
}

func TestScriptsThatFail(t *testing.T) {
	servertest.EachClass(t, func(t *testing.T, class string) {
		s := start(t, class, "cgi:testdata/cgi", "--gateway-timeout", "500ms")
		for path, status := range map[string]int{
			"/nothing.sh": 502, "/nohead.sh": 502, "/dies.sh": 502, "/round.sh": 502, "/hangs.sh": 504,
			"/absent.sh": 404, "/": 404, "/sub": 404, "/../cgi/env.sh": 404, "/%2e%2e/cgi/env.sh": 404,
			"/outside.sh": 404, "/plain.txt": 403, "/env.sh%00": 400,
		} {
			conn, err := net.Dial("tcp", s.Addr)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path)
			answer, _ := io.ReadAll(conn)
			conn.Close()
			if line := fmt.Sprintf("HTTP/1.1 %d ", status); !strings.HasPrefix(string(answer), line) {
				t.Errorf("%s: %.80q, want %d", path, answer, status)
			}
		}
		for _, reason := range []string{"it went wrong", "exit status 3", "ended by killed", "no answer in time"} {
			patience.Eventually(t, "logged: "+reason, func() bool { return strings.Contains(s.Log(), reason) })
		}
		child := regexp.MustCompile(`child (\d+)`).FindStringSubmatch(s.Log())
		pid, err := strconv.Atoi(child[1])
		if err != nil {
			t.Fatal(err)
		}
		patience.Eventually(t, "the script's child is gone", func() bool { return !servertest.Running(pid) })
	})
}

// app is what the persistent programs answer.
func app(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/echo":
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = io.Copy(w, r.Body)
	case "/early": // answers before it has read
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, long)
	default:
		w.Header().Add("X-A", "b")
		fmt.Fprintf(w, "%s %s %s", r.Method, r.URL.RequestURI(), r.Header.Get("X-Ask"))
	}
}

func TestFastCGI(t *testing.T) {
	servertest.EachClass(t, func(t *testing.T, class string) {
		l, err := net.Listen("unix", t.TempDir()+"/s")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		go func() { _ = fcgi.Serve(l, http.HandlerFunc(app)) }()
		s := start(t, class, "fcgi:unix:"+l.Addr().String())
		for range 3 {
			want(t, s, "/a/b?c=d", 200, "GET /a/b?c=d ")
		}
		for name, body := range map[string]io.Reader{"sized": strings.NewReader(long), "in chunks": io.MultiReader(strings.NewReader(long))} {
			if resp, got := ask(t, s, "POST", "/echo", body); resp.StatusCode != 200 || got != long {
				t.Errorf("%s: %d, %d bytes", name, resp.StatusCode, len(got))
			}
		}
		if resp, got := ask(t, s, "GET", "/early", nil); resp.StatusCode != http.StatusTeapot || got != long {
			t.Errorf("early: %d, %d bytes", resp.StatusCode, len(got))
		}
	})
}

// A program that is absent, goes, or keeps silent.
func TestProgramsThatFail(t *testing.T) {
	t.Parallel()
	answers := map[string]func(net.Conn){
		"closes at once": func(net.Conn) {},
		"closes after a part": func(c net.Conn) {
			_, _ = c.Write([]byte("\x01\x06\x00\x01\x00\x05\x00\x00HTTP/"))
		},
		"says nonsense": func(c net.Conn) { _, _ = io.WriteString(c, "nonsense and more of it\n\n") },
	}
	for _, protocol := range []string{"fcgi", "scgi", "uwsgi"} {
		for name, answer := range answers {
			t.Run(protocol+" "+name, func(t *testing.T) {
				t.Parallel()
				s := start(t, "sync", protocol+":"+listen(t, answer))
				if resp, _ := ask(t, s, "GET", "/", nil); resp.StatusCode != 502 {
					t.Errorf("status %d, want 502", resp.StatusCode)
				}
			})
		}
		t.Run(protocol+" silent", func(t *testing.T) {
			t.Parallel()
			s := start(t, "gevent", protocol+":"+listen(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }), "--gateway-timeout", "300ms")
			if resp, _ := ask(t, s, "GET", "/", nil); resp.StatusCode != 504 {
				t.Errorf("status %d, want 504", resp.StatusCode)
			}
		})
		t.Run(protocol+" absent", func(t *testing.T) {
			t.Parallel()
			s := start(t, "gthread", protocol+":unix:"+t.TempDir()+"/none")
			want(t, s, "/", 502, "Bad Gateway\n")
		})
	}
}

// listen answers each connection, once its request has begun, and closes it.
func listen(t *testing.T, answer func(net.Conn)) (address string) {
	t.Helper()
	return listenRaw(t, func(_ string, c net.Conn) { answer(c) }, "")
}

// SCGI, by the example of its specification.
func TestSCGI(t *testing.T) {
	servertest.EachClass(t, func(t *testing.T, class string) {
		said := make(chan string, 1)
		s := start(t, class, "scgi:"+listenRaw(t, func(request string, c net.Conn) {
			said <- request
			_, _ = io.WriteString(c, "Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n42")
		}, "What is the answer to life?"))
		if resp, got := ask(t, s, "POST", "/deepthought", strings.NewReader("What is the answer to life?")); resp.StatusCode != 200 || got != "42" {
			t.Errorf("%d %q", resp.StatusCode, got)
		}
		request := <-said
		size, rest, _ := strings.Cut(request, ":")
		n, err := strconv.Atoi(size)
		if err != nil || len(rest) < n+1 || rest[n] != ',' || !strings.HasPrefix(rest, "CONTENT_LENGTH\x0027\x00SCGI\x001\x00") ||
			!strings.Contains(rest, "\x00PATH_INFO\x00/deepthought\x00") {
			t.Errorf("%q", request)
		}
		if resp, _ := ask(t, s, "POST", "/", io.MultiReader(strings.NewReader("in chunks"))); resp.StatusCode != 411 {
			t.Errorf("in chunks: %d, want 411", resp.StatusCode)
		}
	})
}

// A program may answer and close without having read the body.
func TestEarlyAnswers(t *testing.T) {
	const answer = "Status: 413 Content Too Large\r\n\r\ntoo much"
	record := string([]byte{1, 6, 0, 1, 0, byte(len(answer)), 0, 0}) + answer
	end := string([]byte{1, 3, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	for protocol, said := range map[string]string{"scgi": answer, "fcgi": record + end} {
		t.Run(protocol, func(t *testing.T) {
			servertest.EachClass(t, func(t *testing.T, class string) {
				s := start(t, class, protocol+":"+listen(t, func(c net.Conn) {
					_, _ = io.WriteString(c, said)
					_ = c.(*net.TCPConn).CloseWrite()
					_, _ = io.Copy(io.Discard, c) // what is unread would reset the answer on its way
				}))
				if resp, got := ask(t, s, "POST", "/", strings.NewReader(long)); resp.StatusCode != 413 || got != "too much" {
					t.Errorf("%d %q", resp.StatusCode, got)
				}
			})
		})
	}
}

// Behind a unix socket there is no address of the server: what the client says stands for it.
func TestUnixSocket(t *testing.T) {
	t.Parallel()
	socket := t.TempDir() + "/s"
	start(t, "sync", "cgi:testdata/cgi", "-b", "unix:"+socket)
	for host, want := range map[string]string{"example.org:81": "example.org 81", "example.org": "example.org 80", "[::1]:8": "[::1] 8"} {
		c, err := net.Dial("unix", socket)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(c, "GET /env.sh HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", host)
		env, _ := io.ReadAll(c)
		c.Close()
		name, port, _ := strings.Cut(want, " ")
		if !strings.Contains(string(env), "SERVER_NAME="+name+"\n") || !strings.Contains(string(env), "SERVER_PORT="+port+"\n") {
			t.Errorf("%s:\n%s", host, env)
		}
	}
}

func TestUWSGI(t *testing.T) {
	servertest.EachClass(t, func(t *testing.T, class string) {
		said := make(chan string, 1)
		s := start(t, class, "uwsgi:"+listenRaw(t, func(request string, c net.Conn) {
			said <- request
			_, _ = io.WriteString(c, "HTTP/1.1 201 Created\r\nX-A: b\r\n\r\nmade")
		}, "the body"))
		if resp, got := ask(t, s, "POST", "/x?y", strings.NewReader("the body")); resp.StatusCode != 201 || got != "made" || resp.Header.Get("X-A") != "b" {
			t.Errorf("%d %q", resp.StatusCode, got)
		}
		request := <-said
		if size := int(request[1]) | int(request[2])<<8; request[0] != 0 || request[3] != 0 || len(request) != 4+size+len("the body") ||
			!strings.Contains(request, "\x0c\x00QUERY_STRING\x01\x00y") || !strings.Contains(request, "\x09\x00PATH_INFO\x02\x00/x") {
			t.Errorf("%q", request)
		}
	})
}

// listenRaw answers each connection once its request has come to the given end.
func listenRaw(t *testing.T, answer func(request string, c net.Conn), end string) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				answer(readTo(c, end), c)
			}()
		}
	}()
	return l.Addr().String()
}

// readTo reads at least once, and until what came ends so.
func readTo(c net.Conn, end string) string {
	var request []byte
	part := make([]byte, 1<<16)
	for {
		n, err := c.Read(part)
		request = append(request, part[:n]...)
		if err != nil || strings.HasSuffix(string(request), end) {
			return string(request)
		}
	}
}
