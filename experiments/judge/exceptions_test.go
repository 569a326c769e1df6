package judge

import (
	"testing"

	"github.com/workerlab/workerlab/results"
)

// One exception settles nothing, however the others went; a second refutes.
func TestExceptions(t *testing.T) {
	for n, want := range []results.Outcome{results.Supported, results.Inconclusive, results.Refuted, results.Refuted} {
		if got := Exceptions(n); got != want {
			t.Errorf("%d exceptions: %v, want %v", n, got, want)
		}
	}
}
