package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets scripts run the command itself, as a process of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"workerlab": main})
}

// exitAtOnce is for scripts: under the race detector a process otherwise waits a second before it ends
// (atexit_sleep_ms), and a script runs many.
func exitAtOnce(env *testscript.Env) error {
	env.Setenv("GORACE", "atexit_sleep_ms=0")
	return nil
}
