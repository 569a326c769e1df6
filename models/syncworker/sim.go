package syncworker

import "github.com/workerlab/workerlab/models"

// discipline is one request at a time, accepted when the worker is idle.
func discipline(models.Params) models.Discipline { return models.Discipline{Slots: 1} }
