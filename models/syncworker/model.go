package syncworker

import (
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/spec"
)

// Model describes sync.
var Model = models.Model{
	Name: spec.DefaultClass, Doc: doc, Traits: models.Traits{Threaded: "gthread", Python: []string{"SyncWorker"}}, Discipline: discipline,
}

// discipline is one request at a time, accepted when the worker is idle.
func discipline(spec.Server) models.Discipline { return models.Discipline{Slots: 1} }
