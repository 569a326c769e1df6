package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets scripts run the command itself, as a process of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"workerlab": main})
}
