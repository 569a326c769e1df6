package origins

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/loadgen/arrival"
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/models/sim"
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

// Defaults of `workerlab serve`, where a trial leaves them.
const (
	defaultBacklog     = 2048
	defaultTimeout     = 30 * time.Second
	defaultKeepAlive   = 2 * time.Second
	defaultConnections = 1000
)

func (s *subject) params() models.Params {
	y := s.Server
	return models.Params{
		Workers: y.Workers, Threads: max(1, y.Threads), Connections: cmp.Or(y.Connections, defaultConnections),
		Cores: s.cores, Locked: y.GIL,
	}
}

// orDefault is a time of which 0 stands for the default, and Never for none (0).
func orDefault(d, otherwise time.Duration) time.Duration {
	if d == trial.Never {
		return 0
	}
	return cmp.Or(d, otherwise)
}

// config is the server in virtual time. The kernel lets somaxconn connections wait at most; 0: not known.
func (s *subject) config(o Overhead, somaxconn int) sim.Config {
	m, _ := catalog.Named(s.Server.Class)
	y := s.Server
	c := sim.Config{
		Discipline: m.Discipline(s.params()), Workers: y.Workers, Cores: s.cores,
		Switch: y.Switch, Acquisitions: o.Acquisitions, Request: o.Request,
		Backlog: cmp.Or(y.Backlog, defaultBacklog), KeepAlive: orDefault(y.KeepAlive, defaultKeepAlive),
		Timeout:     orDefault(y.Timeout, defaultTimeout),
		MaxRequests: y.MaxRequests, Jitter: y.Jitter, Boot: y.Boot,
	}
	if somaxconn > 0 {
		c.Backlog = min(c.Backlog, somaxconn)
	}
	if s.demand.blocks && c.Lock == models.Loop {
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
		l.Hogs, l.Hogging = hog.Clients, steps[0]
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
		demands, err := trial.Demands(list)
		if err != nil {
			return nil, err
		}
		for _, d := range demands {
			switch d.Kind {
			case "cpu":
				all[i] = append(all[i], task.Step{Kind: task.OnCPU, For: d.Mean})
			case "wait", "block":
				all[i] = append(all[i], task.Step{Kind: task.OffCPU, For: d.Mean})
			default:
				return nil, fmt.Errorf("demand %q of %q is neither work nor a wait", d.Kind, list)
			}
		}
	}
	return all, nil
}

// workload is what the closed forms take.
func (s *subject) workload(o Overhead) models.Workload {
	d := s.demand
	w := models.Workload{
		CPU: d.cpu + o.Request, Wait: d.wait, WaitCV: d.waitCV, Waits: d.waits,
		Clients: s.Load.Clients, Rate: s.Load.Rate,
	}
	if w.CPU > 0 {
		w.CPUCV = d.cpuCV * d.cpu.Seconds() / w.CPU.Seconds()
	}
	return w
}

// predict is the closed form of the class, and of a loop that its waits hold that of tornado, whose app does
// not await.
func (s *subject) predict(o Overhead) models.Prediction {
	class := s.Server.Class
	if s.demand.blocks && loops(class) {
		class = "tornado"
	}
	m, _ := catalog.Named(class)
	return m.Predict(s.workload(o), s.params())
}
