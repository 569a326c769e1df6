package catalog

import (
	"github.com/workerlab/workerlab/models/eventloop"
	"github.com/workerlab/workerlab/models/greenlet"
	"github.com/workerlab/workerlab/models/gthread"
	"github.com/workerlab/workerlab/models/process"
	"github.com/workerlab/workerlab/models/syncworker"
	"github.com/workerlab/workerlab/server"
)

// Workers is the real worker of each model, by the model's name.
func Workers() map[string]server.Worker {
	return map[string]server.Worker{
		syncworker.Model.Name:  syncworker.Worker{},
		gthread.Model.Name:     gthread.Worker{},
		greenlet.Gevent.Name:   greenlet.GeventWorker,
		greenlet.Eventlet.Name: greenlet.EventletWorker,
		eventloop.Tornado.Name: eventloop.TornadoWorker,
		eventloop.ASGI.Name:    eventloop.AsyncioWorker,
		process.Model.Name:     process.Worker{},
	}
}
