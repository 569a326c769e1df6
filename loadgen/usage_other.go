//go:build !unix

package loadgen

import (
	"errors"
	"time"
)

// cpuTime would return the CPU time that this process has used.
func cpuTime() (time.Duration, error) { return 0, errors.ErrUnsupported }
