package origins

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/loadgen/arrival"
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/models/sim"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/server/task"
)

// A subject is a trial as the models take it.
type subject struct {
	trial.Trial
	key    string
	cell   results.Cell
	user   string // the only claim that asks for it; "": several do
	demand demand
	cores  int
	blocks []int // ascending
}

// config is the server in virtual time. The kernel lets somaxconn connections wait at most; 0: not known.
func (s *subject) config(o Overhead, somaxconn int) sim.Config {
	m, _ := catalog.Named(s.Server.Class)
	c := sim.For(m, s.Server.Filled(), spec.Machine{Cores: s.cores, Somaxconn: somaxconn}, spec.Overhead{Request: o.Request, Acquisitions: o.Acquisitions})
	if s.demand.do.Blocks() && c.Lock == models.Loop {
		c.Blocks = true // as the loop of an app that does not await
	}
	return c
}

// load is the load of a block in virtual time.
func (s *subject) load(seed uint64, block int) (sim.Load, error) {
	sends, err := s.Sends(seed, block)
	if err != nil {
		return sim.Load{}, err
	}
	asked, err := stepsOf(sends.Do)
	if err != nil {
		return sim.Load{}, err
	}
	l := sim.Load{
		Clients: s.Load.Clients, KeepAlive: s.Load.KeepAlive, Patience: sends.Patience,
		WarmUp: sends.WarmUp, Window: s.Window,
		Demands: func(k int, _ *rand.Rand) []task.Step { return asked[k%len(asked)] },
	}
	if hog := s.Hog; hog.Clients > 0 {
		steps, err := stepsOf([]string{hog.Do})
		if err != nil {
			return sim.Load{}, err
		}
		l.Background, l.BackgroundSteps = hog.Clients, steps[0]
	}
	if sends.Think != nil {
		l.Think = func(*rand.Rand) time.Duration { return sends.Think() }
	}
	if s.Load.Clients == 0 {
		at := withWarmUp(sends)
		l.Arrivals = func(uint64) arrival.Schedule { return arrival.Replay(at) }
	}
	return l, nil
}

// withWarmUp are the sends from the warm-up's start. It plays the window's first requests, as the generator
// does.
func withWarmUp(s trial.Sends) []time.Duration {
	warm, _ := slices.BinarySearch(s.At, s.WarmUp)
	at := slices.Clone(s.At[:warm])
	for _, d := range s.At {
		at = append(at, s.WarmUp+d)
	}
	return at
}

// stepsOf are the steps of each request.
func stepsOf(lists []string) ([][]task.Step, error) {
	all := make([][]task.Step, len(lists))
	for i, list := range lists {
		demands, err := spec.ParseDemands(list)
		if err != nil {
			return nil, err
		}
		all[i] = demands.Steps(nil, nil) // nothing is left to draw
	}
	return all, nil
}

// predict is what closed forms say, of cores that are shared ideally and workers that are all alike in the race.
func (s *subject) predict(o Overhead) models.Prediction {
	m, _ := catalog.Named(s.Server.Class)
	on := spec.Machine{Cores: s.cores, Scheduler: spec.Ideal, Bias: spec.Fair}
	return m.Predict(s.Server, on, spec.Overhead{Request: o.Request, Acquisitions: o.Acquisitions}, s.Load)
}
