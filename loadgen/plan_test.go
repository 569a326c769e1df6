package loadgen

import (
	"bufio"
	"bytes"
	"cmp"
	"io"
	"net"
	"net/http"
	"net/url"
	"testing"
)

func TestDialAddress(t *testing.T) {
	for raw, want := range map[string]string{
		"http://h/": "h:80", "http://h:81/": "h:81", "http://h:/": "h:80", "http://[::1]/": "[::1]:80",
		"http://[::1]:81": "[::1]:81", "http://user@h": "h:80",
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := dialAddress(u); got != want {
			t.Errorf("%s: dials %s, want %s", raw, got, want)
		}
	}
}

// A target that is accepted goes out as exactly one request, which a server reads as it was meant.
func FuzzTarget(f *testing.F) {
	f.Add("GET", "http://127.0.0.1:8000/task?do=cpu:2ms", "X-Name", "value", []byte(nil))
	f.Add("POST", "http://[::1]/echo", "Host", "example.org", []byte("body"))
	f.Add("", "http://h:/%2f?#f", "content-length", "5", []byte("x"))
	f.Add("PUT", "http://u:p@h//a b", "Transfer-Encoding", "chunked", []byte("0\r\n\r\n"))
	f.Fuzz(func(t *testing.T, method, raw, name, value string, body []byte) {
		target := Target{Method: method, URL: raw, Header: http.Header{name: {value}}, Body: body}
		message, address, err := target.encode(true)
		if err != nil {
			return
		}
		if _, _, err := net.SplitHostPort(address); err != nil {
			t.Errorf("%q would dial %q: %v", raw, address, err)
		}
		in := bufio.NewReader(bytes.NewReader(message))
		r, err := http.ReadRequest(in)
		if err != nil {
			t.Fatalf("%q is no request: %v", message, err)
		}
		got, err := io.ReadAll(r.Body)
		if err != nil || !bytes.Equal(got, body) {
			t.Errorf("%q: body %q, %v; want %q", message, got, err, body)
		}
		if want := cmp.Or(method, http.MethodGet); r.Method != want {
			t.Errorf("%q: method %q, want %q", message, r.Method, want)
		}
		if n := in.Buffered(); n > 0 {
			t.Errorf("%q: %d bytes belong to no request", message, n)
		}
	})
}
