package greenlet

import (
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/spec"
)

// Gevent describes the gevent worker.
var Gevent = models.Model{
	Name: "gevent", Doc: doc, Traits: models.Traits{Greenlets: "gevent", Python: "GeventWorker"}, Predict: predict, Discipline: gevent,
}

// Eventlet describes the eventlet worker.
var Eventlet = models.Model{
	Name: "eventlet", Doc: doc, Traits: models.Traits{Greenlets: "eventlet", Python: "EventletWorker"}, Predict: predict, Discipline: eventlet,
}

// predict takes W single-threaded loops on C cores as min(W,C) cores that the held requests share.
func predict(w models.Workload, s spec.Server, cores int) models.Prediction {
	return models.Closed(w, min(s.Workers, cores), s.Workers*s.Connections).Queue(w, s.Workers, cores)
}
