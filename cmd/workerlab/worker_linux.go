package main

import (
	"github.com/spf13/cobra"

	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/server"
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
