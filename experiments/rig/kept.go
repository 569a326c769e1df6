package rig

import (
	"context"
	"errors"
	"sync"
	"syscall"

	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/experiments/trial"
)

// Kept is a software whose server goes on from one run to the next, as long as these want the same configuration:
// a deployment's takes seconds to start. Runs of claims have a server each instead. Close it.
type Kept struct {
	Software

	// Stopped, if not nil, is told of a server that did not stop by itself and was killed.
	Stopped func(*launch.StopError)

	mu      sync.Mutex
	key     string // of the configuration that runs
	running *Running
}

// Server implements Software.
func (k *Kept) Server(t trial.Trial, cores launch.Cores) System {
	return &kept{k, t.App + " " + trial.ServerCell(t.Server).String(), k.Software.Server(t, cores)}
}

// Close stops what runs. A server that had to be killed is told of, and is no error.
func (k *Kept) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.stop()
}

func (k *Kept) stop() error {
	if k.running == nil {
		return nil
	}
	running := k.running
	k.running = nil
	err := running.Stop()
	if slow := (*launch.StopError)(nil); errors.As(err, &slow) {
		if k.Stopped != nil {
			k.Stopped(slow)
		}
		return nil
	}
	return err
}

// kept is the server of one run.
type kept struct {
	of  *Kept
	key string
	new System
}

// Start implements System: it starts nothing where the same runs already.
func (s *kept) Start(ctx context.Context) (*Running, error) {
	k := s.of
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.running == nil || k.key != s.key || syscall.Kill(k.running.PID, 0) != nil {
		if err := k.stop(); err != nil {
			return nil, err
		}
		running, err := s.new.Start(ctx)
		if err != nil {
			return nil, err
		}
		k.running, k.key = running, s.key
	}
	one := *k.running
	one.Stop = func() error { return nil } // Close does
	return &one, nil
}
