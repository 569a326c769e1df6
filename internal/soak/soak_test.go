package soak

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// witness is a test that remembers how it ended.
type witness struct {
	testing.TB
	skipped, failed string
}

func (w *witness) Helper() {}

func (w *witness) Skipf(format string, args ...any) {
	w.skipped = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (w *witness) Fatalf(format string, args ...any) {
	w.failed = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// ends runs f as a test does.
func ends(f func(testing.TB)) *witness {
	w := new(witness)
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(w)
	}()
	<-done
	return w
}

func TestTimes(t *testing.T) {
	for value, want := range map[string]int{"": 7, "1": 7, "20": 140} {
		t.Setenv(Variable, value)
		if got := Times(t, 7); got != want {
			t.Errorf("%s=%q: %d times, want %d", Variable, value, got, want)
		}
	}
}

func TestOnly(t *testing.T) {
	only := func(t testing.TB) { Only(t, "ten million customers") }
	t.Setenv(Variable, "")
	if w := ends(only); w.skipped != "ten million customers: make soak" {
		t.Errorf("skipped %q", w.skipped)
	}
	t.Setenv(Variable, "3")
	if w := ends(only); w.skipped != "" || w.failed != "" {
		t.Errorf("skipped %q, failed %q", w.skipped, w.failed)
	}
}

func TestWhatIsNoNumberFails(t *testing.T) {
	for _, value := range []string{"yes", "0", "-1"} {
		t.Setenv(Variable, value)
		if w := ends(func(t testing.TB) { Times(t, 1) }); !strings.Contains(w.failed, value) {
			t.Errorf("%s=%s: failed %q", Variable, value, w.failed)
		}
	}
}
