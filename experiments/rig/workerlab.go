package rig

import (
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"

	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/host"
)

// Workerlab is our own server as a software that others can stand before.
func Workerlab() Software { return ours{} }

// ours is our own server: this same program, started again.
type ours struct{}

// Name implements Software.
func (ours) Name() string { return results.Ours }

// Version implements Software.
func (ours) Version(context.Context) (string, error) { return host.Read().Version, nil }

// Supports implements Software: trials are made for it.
func (ours) Supports(t trial.Trial) error {
	if t.App != "" {
		return fmt.Errorf("application %s", t.App)
	}
	return nil
}

// Server implements Software.
func (ours) Server(t trial.Trial, b launch.Cores) System {
	m, _ := catalog.Named(t.Server.Class)
	return workerlab{args: t.Args(b.CPURate), cores: b, tree: m.Processes}
}

// workerlab is our own server as a child process.
type workerlab struct {
	args  []string
	cores launch.Cores
	tree  bool // Running.Tree
}

// Start implements System.
func (w workerlab) Start(ctx context.Context) (*Running, error) { return w.start(ctx, NewServerLog()) }

func (w workerlab) start(ctx context.Context, log *ServerLog) (*Running, error) {
	p, err := w.cores.Start(launch.Program{
		Name: "workerlab " + strings.Join(w.args, " "), Path: "/proc/self/exe",
		Args: append([]string{"workerlab"}, w.args...), Log: log, Quit: syscall.SIGINT,
	})
	if err != nil {
		return nil, err
	}
	running, err := log.Wait(ctx, p)
	if err == nil {
		err = launch.Probe(ctx, running.URL)
	}
	if err != nil {
		return nil, p.Failed(err)
	}
	running.Tree = w.tree
	return running, nil
}

// executableFits reports why this program cannot start itself again, if it cannot.
func executableFits() error {
	if _, err := os.Stat("/proc/self/exe"); err != nil {
		return fmt.Errorf("the bench starts this program again as a server: %w", err)
	}
	return nil
}
