package eventloop

import "github.com/workerlab/workerlab/models"

// asyncio serves whatever it holds, since its app awaits.
func asyncio(p models.Params) models.Discipline {
	return models.Discipline{Holds: p.Connections, Lock: models.Loop, Keeps: true}
}

// tornado accepts all that wait and then serves one after the other, since its app blocks the loop.
func tornado(p models.Params) models.Discipline {
	return models.Discipline{Slots: 1, Holds: p.Connections, Lock: models.Loop, Blocks: true, Keeps: true}
}
