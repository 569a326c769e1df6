// Package planning recommends a worker class, workers, threads and memory for a real deployment: Make has the runs of
// its calibration made (package calibrate), fits them (models/capacity), looks for the cheapest size that meets the
// objective, and verifies it if that is asked for. The Plan that comes back tells itself to a person (Print), to
// programs (JSON), and as a folder with a page and a configuration that has been started once (Write).
//
// The records of the runs lie in a folder, so that a plan that was interrupted goes on (Resume), and can be judged
// again, for another objective too, without a measurement (From). A run that does not count is named in the plan and
// widens its ranges; it never spoils the others.
package planning
