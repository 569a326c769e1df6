package eventloop

import (
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/spec"
)

// asgi serves whatever it holds, since its app awaits.
func asgi(s spec.Server) models.Discipline {
	return models.Discipline{Holds: s.Connections, Lock: models.Loop, Keeps: true}
}

// tornado accepts all that wait and then serves one after the other, since its app blocks the loop.
func tornado(s spec.Server) models.Discipline {
	return models.Discipline{Slots: 1, Holds: s.Connections, Lock: models.Loop, Blocks: true, Keeps: true}
}
