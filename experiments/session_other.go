//go:build !linux

package experiments

import (
	"context"
	"errors"
	"fmt"
)

// A Session is a host made ready to measure. Only Linux can be: see NewSession.
type Session struct {
	CPURate   float64
	Placement string
	Warnings  []string
}

// NewSession fails: the servers, their affinity and their memory need Linux.
func NewSession(context.Context) (*Session, error) {
	return nil, fmt.Errorf("measure on this system (records of a Linux host can be reported here): %w", errors.ErrUnsupported)
}

// Close does nothing.
func (s *Session) Close() {}

// Run fails as NewSession does.
func (s *Session) Run(context.Context, Runner) error { return errors.ErrUnsupported }
