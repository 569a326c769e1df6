//go:build !linux

package proc

import (
	"errors"
	"time"
)

// A Meter counts nothing here.
type Meter struct{}

// NewMeter fails: only Linux counts so.
func NewMeter(int) (*Meter, error) { return nil, errors.ErrUnsupported }

// CPU fails.
func (*Meter) CPU() (time.Duration, error) { return 0, errors.ErrUnsupported }

// Close does nothing.
func (*Meter) Close() error { return nil }
