package greenlet

import (
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/spec"
)

// Gevent describes the gevent worker.
var Gevent = models.Model{Name: "gevent", Doc: doc, Traits: models.Traits{Greenlets: "gevent", Python: []string{"GeventWorker"}}, Discipline: gevent}

// Eventlet describes the eventlet worker.
var Eventlet = models.Model{Name: "eventlet", Doc: doc, Traits: models.Traits{Greenlets: "eventlet", Python: []string{"EventletWorker"}}, Discipline: eventlet}

// gevent takes one connection a turn where there are several workers, so that an idle one can have the
// next.
func gevent(s spec.Server) models.Discipline {
	d := eventlet(s)
	if s.Workers > 1 {
		d.Turn = 1
	}
	return d
}

// eventlet takes all connections that wait.
func eventlet(s spec.Server) models.Discipline {
	return models.Discipline{Holds: s.Connections, Lock: models.Loop, Keeps: true}
}
