// Package models describes a worker model without its real worker: its name, its traits, its text and what
// queue it is, of which the closed forms say how it fares (Model.Predict).
// It builds everywhere; the real workers need Linux and stand beside the theory, in the folder of each
// model, as worker_linux.go.
package models

import "github.com/workerlab/workerlab/models/spec"

// A Discipline is what a worker of a class does with connections and requests: all that a simulation needs
// to know of it (package sim).
type Discipline struct {
	// Slots is how many requests a worker serves at once; 0: all that it holds.
	Slots int
	// Holds is how many connections it accepts, whether it can serve them or not; 0: it accepts one when it
	// is idle.
	Holds int
	// Turn is how many connections it accepts at a time; 0: all that wait.
	Turn int
	Lock Lock
	// Blocks says that a request's waits hold the loop: its app does not await.
	Blocks bool
	// Keeps says that it keeps connections between requests.
	Keeps bool
}

// A Lock says how the work of one worker's requests is ordered.
type Lock int

// The locks.
const (
	Free      Lock = iota // not at all: threads compute at the same time
	Switching             // an interpreter lock, handed on when somebody has waited for the switch interval
	Loop                  // a loop: one stretch of work after the other, none interrupted
)

// A Model is the descriptor of one worker class: its names, its traits, its text and its theory. Its real
// worker stands under the same name in catalog.Workers.
type Model struct {
	Name    string   // gunicorn's name of the class
	Aliases []string // further names that it has had
	Doc     string   // what it does, in prose: the doc.go of its folder
	Traits

	// Discipline is what a worker of a filled server does: what it does in virtual time (package sim), and
	// what queue it is (Predict).
	Discipline func(spec.Server) Discipline
}

// Traits are what others have to know of a class to start it, to host an application under it, and to plan
// with it.
type Traits struct {
	Threads   bool   // a worker has several threads, which an interpreter lock orders
	Awaits    bool   // its application is awaited in the loop, so a WSGI application cannot be
	Greenlets string // the package whose coroutines make a blocking application yield; "": none
	Ours      bool   // gunicorn has no such class
	Processes bool   // requests have processes of their own, which come and go
	// Threaded is the class that it becomes where several threads are asked for (gunicorn, config.py:
	// worker_class); "": it stays what it is, and has one.
	Threaded string
	Python   []string // the Python classes that are it, gunicorn's and others', by the last part of their names
}
