package main

import (
	"slices"
	"testing"

	"github.com/spf13/pflag"

	"github.com/workerlab/workerlab/server"
)

// Variables as gunicorn reads them: WEB_CONCURRENCY and PORT stand where no flag does.
func TestEnvironment(t *testing.T) {
	for _, test := range []struct {
		concurrency, port string
		args              []string
		workers           int
		bind              string
	}{
		{"", "", nil, 1, "127.0.0.1:8000"},
		{"3", "", nil, 3, "127.0.0.1:8000"},
		{"3", "", []string{"-w", "5"}, 5, "127.0.0.1:8000"},
		{"", "8080", nil, 1, "0.0.0.0:8080"},
		{"", "8080", []string{"-b", "[::1]:1"}, 1, "[::1]:1"},
	} {
		t.Setenv("WEB_CONCURRENCY", test.concurrency)
		t.Setenv("PORT", test.port)
		set := server.Defaults()
		f := pflag.NewFlagSet("serve", pflag.ContinueOnError)
		serveFlags(f, &set)
		if err := f.Parse(test.args); err != nil {
			t.Fatal(err)
		}
		if err := applyEnvironment(f, &set); err != nil {
			t.Fatal(err)
		}
		if set.Workers != test.workers || !slices.Equal(set.Bind, []string{test.bind}) {
			t.Errorf("%+v: workers %d, bind %v", test, set.Workers, set.Bind)
		}
	}
	t.Setenv("WEB_CONCURRENCY", "many")
	set := server.Defaults()
	f := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	serveFlags(f, &set)
	if err := applyEnvironment(f, &set); err == nil {
		t.Error("WEB_CONCURRENCY=many is accepted")
	}
}
