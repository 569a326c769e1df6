package process

import (
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/models/spec"
)

// Model describes process.
var Model = models.Model{
	Name: "process", Doc: doc, Traits: models.Traits{Ours: true, Processes: true}, Predict: predict, Discipline: discipline,
}

// predict takes all processes as one pool, since each connection has one at once.
func predict(w models.Workload, s spec.Server, cores int) models.Prediction {
	most := s.Workers * s.Connections
	net := queueing.Closed{CPU: w.CPU, Wait: w.Wait, Cores: cores}
	return models.Closed(w, cores, most).Open(w, 1, most, net)
}
