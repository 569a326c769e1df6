// Package catalog lists the worker models.
package catalog

import (
	"slices"

	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/eventloop"
	"github.com/workerlab/workerlab/models/greenlet"
	"github.com/workerlab/workerlab/models/gthread"
	"github.com/workerlab/workerlab/models/process"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/models/syncworker"
)

// Named is the model of a worker class, by one of its names; false where there is none of that name.
func Named(class string) (models.Model, bool) {
	for _, m := range Models() {
		if m.Name == class || slices.Contains(m.Aliases, class) {
			return m, true
		}
	}
	return models.Model{}, false
}

// Effective is the server as gunicorn takes it: under the class's own name, and with several threads under
// the class that has them. A class that is not known stays.
func Effective(s spec.Server) spec.Server {
	m, known := Named(s.Filled().Class)
	if !known {
		return s
	}
	s.Class = m.Name
	if m.Threaded != "" && s.Threads > 1 {
		s.Class = m.Threaded
	}
	return s
}

// Where are the names of the models of which something holds, in the same order as all.
func Where(holds func(models.Model) bool) (names []string) {
	for _, m := range Models() {
		if holds(m) {
			names = append(names, m.Name)
		}
	}
	return names
}

// Python is the server as one that hosts an application in Python: its threads share an interpreter lock.
func Python(s spec.Server) spec.Server {
	m, _ := Named(s.Filled().Class)
	s.GIL = m.Threads
	return s
}

// Threaded is the model whose workers have threads.
func Threaded() models.Model {
	all := Models()
	return all[slices.IndexFunc(all, func(m models.Model) bool { return m.Threads })]
}

// Names are those of all models, in the same order.
func Names() []string { return Where(func(models.Model) bool { return true }) }

// Models is every model, from the one that waits with its whole process to those that never wait themselves. Reports
// and tables keep the order.
func Models() []models.Model {
	return []models.Model{
		syncworker.Model, gthread.Model,
		greenlet.Gevent, greenlet.Eventlet,
		eventloop.Tornado, eventloop.ASGI,
		process.Model,
	}
}
