package process

import (
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/spec"
)

// Model describes process.
var Model = models.Model{Name: "process", Doc: doc, Traits: models.Traits{Ours: true, Processes: true}, Discipline: discipline}

// discipline is a process for whatever the worker accepts, which computes beside all others.
func discipline(s spec.Server) models.Discipline {
	return models.Discipline{Holds: s.Connections}
}
