// Package soak is for tests that find more the longer they look. `make soak` sets WORKERLAB_SOAK to how many times as
// long that may be; without it they look as long as every change can afford.
package soak

import (
	"os"
	"strconv"
	"testing"
)

// Variable is the environment variable that says how many times as long.
const Variable = "WORKERLAB_SOAK"

// Times is how often something random is tried: n, or as many times that as the soak asks for.
func Times(t testing.TB, n int) int {
	t.Helper()
	return n * max(1, asked(t))
}

// Only skips a test, and says why, unless there is a soak: what takes minutes whatever it is given.
func Only(t testing.TB, why string) {
	t.Helper()
	if asked(t) == 0 {
		t.Skipf("%s: make soak", why)
	}
}

// asked is 0 without a soak. What is no number of 1 or more fails the test.
func asked(t testing.TB) int {
	t.Helper()
	text := os.Getenv(Variable)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%s: want a whole number from 1 up", Variable, text)
	}
	return n
}
