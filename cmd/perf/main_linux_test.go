package main

import (
	"io"
	"strings"
	"testing"
)

func TestWhatIsWrongWithTheCommandLine(t *testing.T) {
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"no blocks", []string{"--blocks", "0"}, "at least 1"},
		{"no time", []string{"--seconds", "0"}, "at least 1"},
		{"a stray word", []string{"gevent"}, `unexpected argument "gevent"`},
		{"no such flag", []string{"--bocks", "7"}, "not defined: -bocks"},
		{"no such reference", []string{"reference", "apache"}, `no reference server "apache"`},
		{"no such class", []string{"allocations", "prefork", "0", "false"}, `no worker class "prefork"`},
		{"no such core", []string{"pin", "first", "true"}, "pin"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := run(tt.args, io.Discard, io.Discard)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that says %q", err, tt.want)
			}
		})
	}
}

func TestWithoutWrkItSaysWhereToGetIt(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	err := run([]string{"--server", own(t)}, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), `"wrk"`) || !strings.Contains(err.Error(), "make real") {
		t.Errorf("error %v", err)
	}
}

func TestAllocationsAreCounted(t *testing.T) {
	if n := http1Allocations(); n != 0 {
		t.Errorf("http1 allocates %v times a request; issue 2 promises none", n)
	}
	var out strings.Builder
	if err := run([]string{"allocations", "asgi", "0", "false"}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if out.Len() == 0 {
		t.Error("nothing printed")
	}
}
