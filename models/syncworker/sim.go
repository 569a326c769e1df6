package syncworker

import (
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/spec"
)

// discipline is one request at a time, accepted when the worker is idle.
func discipline(spec.Server) models.Discipline { return models.Discipline{Slots: 1} }
