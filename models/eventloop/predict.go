package eventloop

import (
	"math"
	"time"

	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/models/spec"
)

// Tornado describes the tornado worker with a blocking app.
var Tornado = models.Model{
	Name: "tornado", Doc: doc, Traits: models.Traits{Python: "TornadoWorker"},
	Predict: inTurn, Discipline: tornado,
}

// ASGI describes the asgi worker with an app that awaits.
var ASGI = models.Model{
	Name: "asgi", Aliases: []string{"asyncio"}, Doc: doc, Traits: models.Traits{Awaits: true},
	Predict: awaiting, Discipline: asgi,
}

// inTurn takes each worker as a queue of its own, whose requests are served one after the other through
// work and waits.
func inTurn(w models.Workload, s spec.Server, cores int) models.Prediction {
	prediction := models.Closed(w, cores, s.Workers)
	if w.Rate > 0 {
		net := models.Apart(w, s.Workers, cores)
		whole := net.CPU + net.Wait
		cv := math.Hypot(w.CPUCV*share(net.CPU, whole), w.WaitCV*share(net.Wait, whole))
		prediction.Response = queueing.General{Rate: w.Rate / float64(s.Workers), Service: whole, CV: cv, Servers: 1}.Response()
	}
	return prediction
}

func share(part, whole time.Duration) float64 { return part.Seconds() / whole.Seconds() }

// awaiting takes W loops on C cores as min(W,C) cores that the held requests share.
func awaiting(w models.Workload, s spec.Server, cores int) models.Prediction {
	return models.Closed(w, min(s.Workers, cores), s.Workers*s.Connections).Queue(w, s.Workers, cores)
}
