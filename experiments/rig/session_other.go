//go:build !linux

package rig

import (
	"context"
	"errors"

	"github.com/workerlab/workerlab/experiments/preflight"
	"github.com/workerlab/workerlab/experiments/trial"
)

// A Session is a host made ready to measure. Only Linux can be: see NewSession.
type Session struct {
	CPURate   float64
	AppRate   float64
	Placement string
	Warnings  []string
}

// NewSession fails: the servers, their affinity and their memory need Linux.
func NewSession(ctx context.Context, _ preflight.Needs, _ ...Software) (*Session, error) {
	_, err := preflight.Read(ctx)
	return nil, err
}

// Open fails as NewSession does.
func Open(...Software) (*Session, error) { return nil, errors.ErrUnsupported }

// Close does nothing.
func (s *Session) Close() {}

// Start fails as NewSession does.
func (s *Session) Start(context.Context, trial.Trial) (*Running, error) {
	return nil, errors.ErrUnsupported
}

// Run fails as NewSession does.
func (s *Session) Run(context.Context, Runner) error { return errors.ErrUnsupported }
