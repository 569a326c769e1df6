package results

// What a run may have met on its host and still count, in cores and as a share: told before a run, held
// against each, and explained in reports.
const (
	MaxSteal   = 0.05 // taken by the hypervisor
	MaxForeign = 0.10 // used by processes that are not of the run
	MaxDrift   = 0.05 // of the cores' speed, from before the load to after it
)
