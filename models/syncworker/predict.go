package syncworker

import (
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/models/spec"
)

// Model describes sync.
var Model = models.Model{
	Name: spec.DefaultClass, Doc: doc, Traits: models.Traits{Threaded: "gthread", Python: "SyncWorker"},
	Predict: predict, Discipline: discipline,
}

// predict takes the workers as one pool, since whoever is idle takes the next request.
func predict(w models.Workload, s spec.Server, cores int) models.Prediction {
	net := queueing.Closed{CPU: w.CPU, Wait: w.Wait, Cores: cores}
	return models.Closed(w, cores, s.Workers).Open(w, 1, s.Workers, net)
}
