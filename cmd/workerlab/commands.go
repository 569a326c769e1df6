package main

import "github.com/spf13/cobra"

// commands lists every command, in the order in which a newcomer meets them.
func commands() []*cobra.Command {
	return []*cobra.Command{
		newServeCommand(),
		newAttackCommand(),
		newCapacityCommand(),
		newPlanCommand(),
		newSimulateCommand(),
		newPredictCommand(),
		newBenchCommand(),
		newReportCommand(),
		newCompareCommand(),
		newFidelityCommand(),
		newAccuracyCommand(),
		newDoctorCommand(),
		newWorkerCommand(),
	}
}
