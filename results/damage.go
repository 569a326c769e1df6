package results

import (
	"errors"
	"fmt"
	"strings"
)

// Damage is why not all of a file's lines are records of one run, each as it was written, once, and none missing.
// Faults is never empty. Its lines' records are not in the table that came with it, but for those of a line before
// which something is missing.
type Damage struct {
	Faults []*LineError // by line
	Unused int          // lines whose records are not in the table
}

// Error implements error: the first faults, and how many others there are.
func (d *Damage) Error() string {
	const told = 3
	var b strings.Builder
	for i, fault := range d.Faults[:min(told, len(d.Faults))] {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(fault.Error())
	}
	if more := len(d.Faults) - told; more > 0 {
		fmt.Fprintf(&b, "; and %d more", more)
	}
	return b.String()
}

// Unwrap returns the faults.
func (d *Damage) Unwrap() []error {
	all := make([]error, len(d.Faults))
	for i, fault := range d.Faults {
		all[i] = fault
	}
	return all
}

// A LineError is what is wrong with a line.
type LineError struct {
	Line int // from 1
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns what is wrong with the line.
func (e *LineError) Unwrap() error { return e.Err }

// ErrTruncated is a last line without its newline: its writer was stopped in the middle.
var ErrTruncated = errors.New("the line is cut short")

// CutShort reports whether err is a last line that is cut short and nothing else: the run was stopped while it was
// written, and what stands before it is whole.
func CutShort(err error) bool {
	damage, ok := errors.AsType[*Damage](err)
	return ok && len(damage.Faults) == 1 && errors.Is(err, ErrTruncated)
}
