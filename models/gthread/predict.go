package gthread

import (
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/queueing"
)

// Model describes gthread.
var Model = models.Model{Name: "gthread", Doc: doc, Predict: predict, Discipline: discipline}

func predict(w models.Workload, p models.Params) models.Prediction {
	cores := p.Cores
	if p.Locked {
		cores = min(p.Cores, p.Workers)
	}
	prediction := models.Closed(w, cores, p.Workers*p.Threads)
	if p.Locked && prediction.Limit == "cores" && cores < p.Cores {
		prediction.Limit = "lock"
	}
	net := queueing.Closed{CPU: w.CPU, Wait: w.Wait, Cores: p.Cores}
	if p.Locked || p.Workers > 1 {
		net = models.Apart(w, p.Workers, p.Cores)
	}
	return prediction.Open(w, p.Workers, p.Threads, net)
}
