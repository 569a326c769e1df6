package eventloop

import "github.com/workerlab/workerlab/models"

// Tornado describes the tornado worker with a blocking app.
var Tornado = models.Model{Name: "tornado", Doc: doc, Predict: func(w models.Workload, p models.Params) models.Prediction {
	return models.Closed(w, p.Cores, p.Workers)
}, Discipline: tornado}

// Asyncio describes the asyncio worker with an app that awaits.
var Asyncio = models.Model{Name: "asyncio", Doc: doc, Predict: func(w models.Workload, p models.Params) models.Prediction {
	return models.Closed(w, min(p.Workers, p.Cores), p.Workers*p.Connections)
}, Discipline: asyncio}
