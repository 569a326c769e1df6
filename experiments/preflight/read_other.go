//go:build !linux

package preflight

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Watching is how long Read watches the machine.
const Watching = 2 * time.Second

// Read fails: real servers are measured on Linux only.
func Read(context.Context) (Facts, error) {
	return Facts{}, fmt.Errorf("measure on this system (records of a Linux host can be reported here): %w", errors.ErrUnsupported)
}

// Memory fails: servers run on Linux only.
func Memory() (uint64, error) { return 0, errors.ErrUnsupported }
