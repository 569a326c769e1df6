// Package calibrate says which runs of a real deployment tell what package models/capacity needs to know, and has
// them made on the rig, in rounds: each path by a lone client, a saturated worker, one with threads, as many as keep
// all cores busy, and these under a load that they bear. It starts the deployment's own command in a few sizes
// (Command), or takes what runs already as it is (Find).
//
// Every run leaves a record, those too that do not count, so that a calibration can be judged again (Read), and one
// that was interrupted goes on. What no run tells is named (Missing): it widens the plan, and spoils none.
//
// Of what runs already, only /proc is read and only requests are sent: it is not started, not stopped, and gets no
// signal. The processes that hold its listening socket are its own, and their common parent is the arbiter.
package calibrate
