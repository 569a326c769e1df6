package server

import (
	"net"
	"strings"
	"testing"
)

// The forms are gunicorn's (gunicorn/util.py: parse_address) but for the bare port, which gunicorn
// takes for a host.
func TestParseAddress(t *testing.T) {
	for bind, want := range map[string]Address{
		"127.0.0.1:8000":       {"tcp", "127.0.0.1:8000"},
		"0:8000":               {"tcp", "0.0.0.0:8000"},
		":8000":                {"tcp", "0.0.0.0:8000"},
		"0.0.0.0:0":            {"tcp", "0.0.0.0:0"},
		"8080":                 {"tcp", "127.0.0.1:8080"},
		"LocalHost":            {"tcp", "localhost:8000"},
		"localhost:65535":      {"tcp", "localhost:65535"},
		"[::1]:8000":           {"tcp", "[::1]:8000"},
		"[::1]":                {"tcp", "[::1]:8000"},
		"[fe80::1%eth0]:80":    {"tcp", "[fe80::1%eth0]:80"},
		"tcp://127.0.0.1:9":    {"tcp", "127.0.0.1:9"},
		"unix:/run/lab.sock":   {"unix", "/run/lab.sock"},
		"unix:///run/lab.sock": {"unix", "/run/lab.sock"},
		"unix:lab.sock":        {"unix", "lab.sock"},
		"fd://3":               {"fd", "3"},
	} {
		if got, err := ParseAddress(bind); err != nil || got != want {
			t.Errorf("%q: %v, %v, want %v", bind, got, err, want)
		}
	}
}

func TestParseAddressRefuses(t *testing.T) {
	for _, bind := range []string{
		"", "localhost:", "localhost:http", "localhost:65536", "localhost:-1", "localhost:+1", "::1", "::1:8000",
		"[::1", "[::1]x:80", "unix:", "unix:a\x00b", "unix:" + strings.Repeat("x", 108), "fd://", "fd://-1", "fd://x",
		"http://localhost:80", "a b:80", "65536", "localhost:80:80",
	} {
		if got, err := ParseAddress(bind); err == nil {
			t.Errorf("%q is accepted as %v", bind, got)
		} else if strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "want") && !strings.Contains(err.Error(), "no host") && !strings.Contains(err.Error(), "at most") {
			t.Errorf("%q: %v names no remedy in one line", bind, err)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, bind := range []string{"127.0.0.1:8000", "[::1]:1", "unix:/a", "fd://3", "0:1", "80", "tcp://x"} {
		f.Add(bind)
	}
	f.Fuzz(func(t *testing.T, bind string) {
		a, err := ParseAddress(bind)
		if err != nil {
			return
		}
		if a.Network == "tcp" {
			if host, port, err := net.SplitHostPort(a.Name); err != nil || host == "" || !digits(port) {
				t.Errorf("%q: %q is no HOST:PORT: %v", bind, a.Name, err)
			}
		}
		if a.Name == "" {
			t.Errorf("%q has no name", bind)
		}
	})
}
