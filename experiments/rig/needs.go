package rig

import (
	"github.com/workerlab/workerlab/experiments/preflight"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
)

// What a process of a server takes besides the app's memory, about, and the generator (bytes).
const (
	processMemory   = 12 << 20
	generatorMemory = 512 << 20
)

const (
	otherFiles = 200 // pipes, listeners, logs
)

// Needs are what a plan asks of the machine at its hungriest moment.
func Needs(p trial.Plan) preflight.Needs {
	var n preflight.Needs
	for batch := range p.Batches() {
		memory, files := uint64(generatorMemory), otherFiles
		for _, s := range batch {
			t := s.Trial
			processes := uint64(max(1, t.Pods) * (t.Server.Workers + 1))
			memory += processes * uint64(t.Server.AppMemory+processMemory)
			files += connections(t.Load) + connections(t.Hog) + t.Slow.Clients
			n.Backlog = max(n.Backlog, t.Server.Filled().Backlog)
		}
		n.Memory, n.Files = max(n.Memory, memory), max(n.Files, files)
	}
	return n
}

// connections is how many the load may have open at once; of several pods together.
func connections(l spec.Load) int {
	switch {
	case l.Arrivals() == "none":
		return 0
	case l.Clients > 0:
		return l.Clients
	}
	return trial.Connections(l)
}
