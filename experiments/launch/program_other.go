//go:build !linux

package launch

import "errors"

// Start fails: servers are measured on Linux only.
func (Cores) Start(Program) (*Process, error) { return nil, errors.ErrUnsupported }
