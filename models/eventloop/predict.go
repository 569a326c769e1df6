package eventloop

import (
	"math"
	"time"

	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/queueing"
)

// Tornado describes the tornado worker with a blocking app.
var Tornado = models.Model{Name: "tornado", Doc: doc, Predict: inTurn, Discipline: tornado}

// Asyncio describes the asyncio worker with an app that awaits.
var Asyncio = models.Model{Name: "asyncio", Doc: doc, Predict: awaiting, Discipline: asyncio}

// inTurn takes each worker as a queue of its own, whose requests are served one after the other through
// work and waits.
func inTurn(w models.Workload, p models.Params) models.Prediction {
	prediction := models.Closed(w, p.Cores, p.Workers)
	if w.Rate > 0 {
		net := models.Apart(w, p.Workers, p.Cores)
		whole := net.CPU + net.Wait
		cv := math.Hypot(w.CPUCV*share(net.CPU, whole), w.WaitCV*share(net.Wait, whole))
		prediction.Response = queueing.General{Rate: w.Rate / float64(p.Workers), Service: whole, CV: cv, Servers: 1}.Response()
	}
	return prediction
}

func share(part, whole time.Duration) float64 { return part.Seconds() / whole.Seconds() }

// awaiting takes W loops on C cores as min(W,C) cores that the held requests share.
func awaiting(w models.Workload, p models.Params) models.Prediction {
	return models.Closed(w, min(p.Workers, p.Cores), p.Workers*p.Connections).Queue(w, p.Workers, p.Cores)
}
