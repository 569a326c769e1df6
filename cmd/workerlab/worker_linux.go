package main

import (
	"github.com/spf13/cobra"

	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/server"
	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/lab"
)

// newWorkerCommand is what the arbiter executes this program as. It is hidden: without the arbiter's
// message it has nothing to serve.
func newWorkerCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "worker",
		Short:  "a worker process of workerlab serve",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if !server.IsWorker() {
				return usagef("worker is run by workerlab serve, not by hand")
			}
			if code := server.RunWorker(catalog.Workers(), loadApp); code != 0 {
				return exitError{nil, code}
			}
			return nil
		},
	}
}

// loadApp makes the app that the settings name.
func loadApp(set server.Settings, memory []byte) (exchange.Handler, error) {
	return lab.App(lab.Options{Class: set.Class, Faults: set.Faults, Memory: memory}), nil
}
