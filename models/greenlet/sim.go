package greenlet

import "github.com/workerlab/workerlab/models"

// gevent takes one connection a turn where there are several workers, so that an idle one can have the
// next.
func gevent(p models.Params) models.Discipline {
	d := eventlet(p)
	if p.Workers > 1 {
		d.Turn = 1
	}
	return d
}

// eventlet takes all connections that wait.
func eventlet(p models.Params) models.Discipline {
	return models.Discipline{Holds: p.Connections, Lock: models.Loop, Keeps: true}
}
