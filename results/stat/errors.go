package stat

import (
	"fmt"
	"math"

	"github.com/workerlab/workerlab/results/text"
)

// A DomainError is an argument outside what the method is defined for: a share above one, the
// logarithm of a throughput of zero.
type DomainError struct{ What string }

// Error implements error.
func (e *DomainError) Error() string { return "stat: " + e.What }

// Domain is a *DomainError, from a format.
func Domain(format string, args ...any) error {
	return &DomainError{fmt.Sprintf(format, args...)}
}

// A FewError says that there is too little data for an answer, and what to do about it.
type FewError struct {
	What text.Message // what is missing
	Hint string       // what would do instead
}

// Error implements error.
func (e *FewError) Error() string {
	if e.Hint == "" {
		return "stat: " + e.What.String()
	}
	return "stat: " + e.What.String() + ": " + e.Hint
}

// Said is what a report's reader is told: the hint is for who analyses.
func (e *FewError) Said() text.Message { return e.What }

// CheckConfidence returns a *DomainError for what lies not between 0 and 1.
func CheckConfidence(confidence float64) error {
	if !(confidence > 0 && confidence < 1) {
		return Domain("confidence is %v, not between 0 and 1", confidence)
	}
	return nil
}

// Finite reports whether x is a number and not infinite.
func Finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
