package catalog

import (
	"github.com/workerlab/workerlab/models/eventloop"
	"github.com/workerlab/workerlab/models/greenlet"
	"github.com/workerlab/workerlab/models/gthread"
	"github.com/workerlab/workerlab/models/syncworker"
	"github.com/workerlab/workerlab/server"
)

// Workers is the real worker of each model, by the model's name.
func Workers() map[string]server.Worker {
	return map[string]server.Worker{
		"sync":     syncworker.Worker{},
		"gthread":  gthread.Worker{},
		"gevent":   greenlet.GeventWorker,
		"eventlet": greenlet.EventletWorker,
		"tornado":  eventloop.TornadoWorker,
		"asyncio":  eventloop.AsyncioWorker,
	}
}
