package gthread

import (
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/models/spec"
)

// Model describes gthread.
var Model = models.Model{
	Name: "gthread", Doc: doc, Traits: models.Traits{Threads: true, Python: "ThreadWorker"}, Predict: predict, Discipline: discipline,
}

func predict(w models.Workload, s spec.Server, cores int) models.Prediction {
	useful := cores
	if s.GIL {
		useful = min(cores, s.Workers)
	}
	prediction := models.Closed(w, useful, s.Workers*s.Threads)
	if s.GIL && prediction.Limit == "cores" && useful < cores {
		prediction.Limit = "lock"
	}
	net := queueing.Closed{CPU: w.CPU, Wait: w.Wait, Cores: cores}
	if s.GIL || s.Workers > 1 {
		net = models.Apart(w, s.Workers, cores)
	}
	return prediction.Open(w, s.Workers, s.Threads, net)
}
