package reference

import (
	"bufio"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"testing"
)

// asServer makes the test binary one of the servers: they give a process up entirely.
const asServer = "PERF_REFERENCE"

func TestMain(m *testing.M) {
	if name := os.Getenv(asServer); name != "" {
		if err := Serve(name, slog.New(slog.NewJSONHandler(os.Stderr, nil))); err != nil {
			slog.Error("serve", "error", err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func TestServersSayHello(t *testing.T) {
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			url := begin(t, name)
			for range 3 {
				resp, err := http.Get(url)
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				if err != nil || string(body) != "hello\n" || resp.StatusCode != http.StatusOK {
					t.Fatalf("%s %q, %v", resp.Status, body, err)
				}
				if want := name == Accept; resp.Close != want {
					t.Errorf("the response ends its connection: %v, want %v", resp.Close, want)
				}
			}
		})
	}
}

func TestAnUnknownServerIsRefused(t *testing.T) {
	if err := Serve("apache", slog.New(slog.DiscardHandler)); err == nil {
		t.Error("no error")
	}
}

// begin starts a server, which ends with the test, and returns its address.
func begin(t *testing.T, name string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asServer+"="+name)
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	var addr string
	for lines := bufio.NewScanner(log); lines.Scan(); {
		var entry struct{ Msg, Addr string }
		if err := json.Unmarshal(lines.Bytes(), &entry); err != nil {
			t.Fatalf("log line %q: %v", lines.Text(), err)
		}
		switch entry.Msg {
		case "listening":
			addr = entry.Addr
		case "ready":
			return addr
		}
	}
	t.Fatalf("%s ended before it was ready", name)
	return ""
}
