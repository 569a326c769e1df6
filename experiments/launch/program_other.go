//go:build !linux

package launch

import "errors"

// OnAll fails as Start does.
func OnAll(func(Cores) error) error { return errors.ErrUnsupported }

// Start fails: servers are measured on Linux only.
func (Cores) Start(Program) (*Process, error) { return nil, errors.ErrUnsupported }
