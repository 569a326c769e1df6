//go:build !linux

package experiments

import "errors"

// Start fails: servers are measured on Linux only (NewSession).
func (Bench) Start(Program) (*Process, error) { return nil, errors.ErrUnsupported }
