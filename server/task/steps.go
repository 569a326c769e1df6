package task

import (
	"errors"
	"fmt"
	"time"
)

// Kind says where the time of a Step is spent.
type Kind uint8

// The two kinds of step: work on a core, and time away from it.
const (
	OnCPU Kind = iota
	OffCPU
)

// A Step is a demand without its process: what a simulator serves and a closed form adds up.
type Step struct {
	Kind Kind
	For  time.Duration
}

// Steps runs t dry and appends its demands to dst. IO, Ready and Do have no meaning outside a
// process: the first of them ends the run with an errors.ErrUnsupported.
func Steps(dst []Step, t Task) ([]Step, error) {
	for op := range t {
		switch op := op.(type) {
		case *CPU:
			dst = append(dst, Step{OnCPU, op.Work})
		case *Wait:
			dst = append(dst, Step{OffCPU, op.For})
		case *IO, *Ready, *Do:
			return dst, fmt.Errorf("task: %T outside a process: %w", op, errors.ErrUnsupported)
		}
	}
	return dst, nil
}
