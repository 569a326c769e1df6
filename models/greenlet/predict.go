package greenlet

import "github.com/workerlab/workerlab/models"

// Gevent describes the gevent worker.
var Gevent = models.Model{Name: "gevent", Doc: doc, Predict: predict, Discipline: gevent}

// Eventlet describes the eventlet worker.
var Eventlet = models.Model{Name: "eventlet", Doc: doc, Predict: predict, Discipline: eventlet}

// predict takes W single-threaded loops on C cores as min(W,C) cores that the held requests share.
func predict(w models.Workload, p models.Params) models.Prediction {
	return models.Closed(w, min(p.Workers, p.Cores), p.Workers*p.Connections).
		Queue(w, p.Workers, p.Cores)
}
