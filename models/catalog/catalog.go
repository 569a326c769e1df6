// Package catalog lists the worker models.
package catalog

import (
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/eventloop"
	"github.com/workerlab/workerlab/models/greenlet"
	"github.com/workerlab/workerlab/models/gthread"
	"github.com/workerlab/workerlab/models/syncworker"
)

// Named is the model of a worker class; false where there is none of that name.
func Named(class string) (models.Model, bool) {
	for _, m := range Models() {
		if m.Name == class {
			return m, true
		}
	}
	return models.Model{}, false
}

// Names are those of all models, in the same order.
func Names() (names []string) {
	for _, m := range Models() {
		names = append(names, m.Name)
	}
	return names
}

// Models is every model, in the order of the lessons.
func Models() []models.Model {
	return []models.Model{
		syncworker.Model, gthread.Model,
		greenlet.Gevent, greenlet.Eventlet,
		eventloop.Tornado, eventloop.Asyncio,
	}
}
