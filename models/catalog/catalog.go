// Package catalog lists the worker models.
package catalog

import (
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/eventloop"
	"github.com/workerlab/workerlab/models/greenlet"
	"github.com/workerlab/workerlab/models/gthread"
	"github.com/workerlab/workerlab/models/syncworker"
)

// Models is every model, in the order of the lessons.
func Models() []models.Model {
	return []models.Model{
		syncworker.Model, gthread.Model,
		greenlet.Gevent, greenlet.Eventlet,
		eventloop.Tornado, eventloop.Asyncio,
	}
}
