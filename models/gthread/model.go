package gthread

import (
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/spec"
)

// Model describes gthread.
var Model = models.Model{Name: "gthread", Doc: doc, Traits: models.Traits{Threads: true, Python: []string{"ThreadWorker"}}, Discipline: discipline}

// discipline is a pool of threads behind a queue that the worker fills whether they are busy or not, one
// connection at a time.
func discipline(s spec.Server) models.Discipline {
	d := models.Discipline{Slots: s.Threads, Holds: s.Connections, Turn: 1, Keeps: true}
	if s.GIL {
		d.Lock = models.Switching
	}
	return d
}
