//go:build !linux

package loadgen

import "errors"

// coresTime would return how long the cores that this process may run on have been idle, of how long.
func coresTime() (idle, all uint64, err error) { return 0, 0, errors.ErrUnsupported }
