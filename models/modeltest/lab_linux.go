package modeltest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/workerlab/workerlab/server"
	"github.com/workerlab/workerlab/server/lab"
)

// Every class streams an answer of any length, around the sizes at which it is cut into pieces too.
func testLabBytes(t *testing.T, w server.Worker, _ Traits) {
	b := start(t, w)
	for asked, length := range map[string]int{
		"0": 0, "1": 1, "65535": 65535, "64KiB": 65536, "65537": 65537, "1e6": 1_000_000,
	} {
		for _, version := range []string{"HTTP/1.1", "HTTP/1.0"} {
			got := b.do(t, fmt.Sprintf("GET /bytes?n=%s %s\r\nHost: t\r\nConnection: close\r\n\r\n", asked, version))
			if got.status != 200 || len(got.body) != length {
				t.Errorf("n=%s, %s: status %d, %d bytes", asked, version, got.status, len(got.body))
			}
		}
	}
	for _, bad := range []string{"", "?n=", "?n=-1", "?n=2GiB", "?n=many", "?n=%zz"} {
		if got := b.do(t, "GET /bytes"+bad+" HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"); got.status != 400 {
			t.Errorf("%q: %+v", bad, got)
		}
	}
}

// The steps that concern memory, and their refusal as a whole: what stands before a bad step is not done.
func testLabMemory(t *testing.T, w server.Worker, _ Traits) {
	memory := make([]byte, 1<<20)
	b := start(t, w, serving(lab.App(lab.Options{Memory: memory})))
	ask := func(list string) answer {
		return b.do(t, "GET /task?do="+list+" HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
	}
	if got := ask("touch:1,leak:1"); got.status != 400 || !strings.Contains(got.body, "--faults") {
		t.Errorf("a leak without faults: %+v", got)
	}
	if got := ask("touch:0.5"); got.status != 200 {
		t.Errorf("touch: %+v", got)
	}
	b.stop()
	b.drained(t) // what the worker wrote may be looked at now
	if memory[0] != 1 || memory[len(memory)/2] != 0 {
		t.Errorf("half touched once: %d times at first, %d in the middle", memory[0], memory[len(memory)/2])
	}

	b = start(t, w, serving(lab.App(lab.Options{Faults: true})))
	if got := ask("cpu:1us,leak:64KiB,wait:1us"); got.status != 200 || got.body != "hello\n" {
		t.Errorf("a leak with faults: %+v", got)
	}
	if got := ask("touch:1"); got.status != 400 || !strings.Contains(got.body, "--app-memory") {
		t.Errorf("touch of nothing: %+v", got)
	}
}
