package eventloop

import (
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/spec"
)

// Tornado describes the tornado worker with a blocking app.
var Tornado = models.Model{Name: "tornado", Doc: doc, Traits: models.Traits{Python: []string{"TornadoWorker"}}, Discipline: tornado}

// ASGI describes the asgi worker with an app that awaits.
var ASGI = models.Model{
	Name: "asgi", Aliases: []string{"asyncio"}, Doc: doc, Traits: models.Traits{Awaits: true, Python: []string{"ASGIWorker", "UvicornWorker", "UvicornH11Worker"}}, Discipline: asgi,
}

// asgi serves whatever it holds, since its app awaits.
func asgi(s spec.Server) models.Discipline {
	return models.Discipline{Holds: s.Connections, Lock: models.Loop, Keeps: true}
}

// tornado accepts all that wait and then serves one after the other, since its app blocks the loop.
func tornado(s spec.Server) models.Discipline {
	return models.Discipline{Slots: 1, Holds: s.Connections, Lock: models.Loop, Blocks: true, Keeps: true}
}
