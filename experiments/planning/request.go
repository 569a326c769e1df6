package planning

import (
	"fmt"
	"slices"
	"strings"

	"github.com/workerlab/workerlab/experiments/calibrate"
	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/models/spec"
)

// A Request is what is to be planned.
type Request struct {
	Goal   capacity.Goal // its Classes are those to choose among; none: those that can serve the application
	SLO    string        // its objectives, as they were asked for
	Design calibrate.Design

	Command calibrate.Command   // of the deployment …
	Attach  string              `json:",omitempty"` // … or where one listens that runs already
	PID     int                 `json:",omitempty"` // of its arbiter, where that is not found
	Told    capacity.Size       // what is said of its size, where that is not found; of a command, its class
	Found   *calibrate.Deployed `json:",omitempty"` // what runs there

	Verify bool `json:"-"` // measure what is recommended
	Page   bool `json:"-"` // look at more than one load, for the page
}

// what names what is planned for.
func (r *Request) what() string {
	if r.Attach != "" {
		return "what listens at " + r.Attach
	}
	return strings.Join(r.Command.Args, " ")
}

// program is what serves the deployment: gunicorn, workerlab serve, or what its process is called.
func (r *Request) program() string {
	if r.Found != nil {
		return r.Found.Program
	}
	return calibrate.Program(r.Command.Args)
}

// A ClassError says that a class cannot serve what was found.
type ClassError struct {
	Class    string
	By       string // what serves it
	Possible []string
}

// Error implements error.
func (e *ClassError) Error() string {
	return fmt.Sprintf("the deployment is served by %s: class %s cannot serve its application; want some of %s", e.By, e.Class, strings.Join(e.Possible, ", "))
}

// Settle finds out what serves the deployment, and with it which classes can. The error is a *calibrate.UnknownError
// where that is not to be found, and a *ClassError where a class that was asked for cannot.
func (r *Request) Settle() (err error) {
	if r.Attach == "" {
		r.Command.Class, err = r.Command.Serves(r.Told.Class)
	} else if r.Found, err = calibrate.Find(r.Attach, r.PID, r.Told); err == nil {
		r.Command.Class, r.Design.Only = r.Found.Class, r.Found.Size
	}
	if err != nil {
		return err
	}
	return r.Choose()
}

// Choose settles which classes are chosen among, and which are measured, by what was found to serve the deployment.
func (r *Request) Choose() error {
	by := r.Command.Class
	of := func(classes ...string) []string { return calibrate.Servable(by, r.program(), classes) }
	can := of(catalog.Names()...)
	for i, class := range r.Goal.Classes {
		m, _ := catalog.Named(class)
		if !slices.Contains(can, m.Name) {
			return &ClassError{class, by.Name, can}
		}
		r.Goal.Classes[i] = m.Name
	}
	usual := of(spec.DefaultClass, catalog.Threaded().Name)
	if len(usual) == 0 {
		usual = []string{by.Class}
	}
	if len(r.Goal.Classes) == 0 {
		r.Goal.Classes = usual
	}
	if (by.Set || r.Attach != "") && !slices.Contains(r.Goal.Classes, by.Class) {
		r.Goal.Classes = append(slices.Clip(r.Goal.Classes), by.Class) // since the application is served by it
	}
	// What a request computes is best told by the simplest class, and what of it needs no lock by threads.
	r.Design.Classes = of(append(slices.Clip(usual), r.Goal.Classes...)...)
	return nil
}
