package analysis

import (
	"fmt"
	"math"

	"github.com/workerlab/workerlab/results/text"
)

// A DomainError is an argument outside what the method is defined for: a share above one, the
// logarithm of a throughput of zero.
type DomainError struct{ What string }

func (e *DomainError) Error() string { return "analysis: " + e.What }

// A FewError says that there is too little data for an answer, and what to do about it.
type FewError struct {
	What text.Message // what is missing
	Hint string       // what would do instead
}

func (e *FewError) Error() string {
	if e.Hint == "" {
		return "analysis: " + e.What.String()
	}
	return "analysis: " + e.What.String() + ": " + e.Hint
}

// Said is what a report's reader is told: the hint is for who analyses.
func (e *FewError) Said() text.Message { return e.What }

func domain(format string, args ...any) error {
	return &DomainError{fmt.Sprintf(format, args...)}
}

func checkConfidence(confidence float64) error {
	if !(confidence > 0 && confidence < 1) {
		return domain("confidence is %v, not between 0 and 1", confidence)
	}
	return nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
