package syncworker

import (
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/queueing"
)

// Model describes sync.
var Model = models.Model{Name: "sync", Doc: doc, Predict: predict, Discipline: discipline}

// predict takes the workers as one pool, since whoever is idle takes the next request.
func predict(w models.Workload, p models.Params) models.Prediction {
	net := queueing.Closed{CPU: w.CPU, Wait: w.Wait, Cores: p.Cores}
	return models.Closed(w, p.Cores, p.Workers).Open(w, 1, p.Workers, net)
}
