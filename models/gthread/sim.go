package gthread

import "github.com/workerlab/workerlab/models"

// discipline is a pool of threads behind a queue that the worker fills whether they are busy or not, one
// connection at a time.
func discipline(p models.Params) models.Discipline {
	d := models.Discipline{Slots: max(1, p.Threads), Holds: p.Connections, Turn: 1, Keeps: true}
	if p.Locked {
		d.Lock = models.Switching
	}
	return d
}
