//go:build !linux

package main

import (
	"errors"
	"runtime"

	"github.com/spf13/cobra"
)

// newServeCommand says why there is no server here: it stands on epoll, memfd and /proc.
func newServeCommand() *cobra.Command {
	return &cobra.Command{
		Use:                "serve",
		Short:              "serve the lab app with real workers (Linux only)",
		DisableFlagParsing: true,
		RunE: func(*cobra.Command, []string) error {
			return usage(errors.New("serve needs Linux; this is " + runtime.GOOS))
		},
	}
}

func newWorkerCommand() *cobra.Command {
	worker := newServeCommand()
	worker.Use, worker.Hidden = "worker", true
	return worker
}
