package syncworker

import "github.com/workerlab/workerlab/models"

// Model describes sync.
var Model = models.Model{Name: "sync", Doc: doc, Predict: predict, Discipline: discipline}

func predict(w models.Workload, p models.Params) models.Prediction {
	return models.Closed(w, p.Cores, p.Workers)
}
