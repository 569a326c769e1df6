package sim

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/loadgen/arrival"
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/server/task"
)

var tabulate = flag.String("tabulate", "", "measure the rows of `FORM` in models/queueing/errors.csv anew, which takes an hour")

// A law draws the work and the wait of a job whose means these are, in seconds.
type law func(r *rand.Rand, work, wait float64) (float64, float64)

// laws have the same CV of work and wait together, and differ in all of which the forms know nothing: the laws of a
// scenario, and jobs of which one in ten or one in fifty is a long one.
func laws(cv float64) map[string]law {
	if cv == 0 {
		return map[string]law{"fixed": func(_ *rand.Rand, work, wait float64) (float64, float64) { return work, wait }}
	}
	all := map[string]law{"lognormal": func(r *rand.Rand, work, wait float64) (float64, float64) {
		apart := cv * (work + wait) / math.Hypot(work, wait) // of each, for they are independent
		variance := math.Log(1 + apart*apart)
		draw := func(mean float64) float64 { return mean * math.Exp(math.Sqrt(variance)*r.NormFloat64()-variance/2) }
		return draw(work), draw(wait)
	}}
	if cv < 1 {
		return all
	}
	for _, rare := range []float64{0.1, 0.02} {
		short, long := 1-cv*math.Sqrt(rare/(1-rare)), 1+cv*math.Sqrt((1-rare)/rare)
		all[fmt.Sprintf("one in %g", 1/rare)] = func(r *rand.Rand, work, wait float64) (float64, float64) {
			if r.Float64() < rare {
				return work * long, wait * long
			}
			return work * short, wait * short
		}
	}
	return all
}

// A cell is a setting, with the cores that a pool is put on, and how much of a job's work comes after its wait.
type cell struct {
	queueing.Setting
	cores int
	after float64
}

// cells are all that is tabulated.
func cells() (all []cell) {
	each := func(form string, servers, cores int, share float64, cvs ...float64) {
		for _, cv := range cvs {
			for _, utilization := range []float64{0.5, 0.7, 0.8, 0.9, 0.95} {
				c := cell{Setting: queueing.Setting{Form: form, Servers: servers, Share: share, Utilization: utilization, CV: cv}, cores: cores}
				if all = append(all, c); form == queueing.FormLocked {
					c.after = 0.5
					all = append(all, c)
				}
			}
		}
	}
	for _, servers := range []int{2, 3, 4, 6, 8, 12, 16} {
		each(queueing.FormAlone, servers, servers, 0, 0, 0.5, 1, 1.5, 2, 3)
	}
	for _, servers := range []int{2, 4, 8, 16} {
		for wanted := 0.25; wanted <= float64(servers); wanted *= 2 {
			each(queueing.FormPool, servers, 1, wanted, 0, 0.5, 1, 1.5)
			if cores := 2; wanted == 1 {
				each(queueing.FormPool, servers, cores, wanted, 0, 0.5, 1, 1.5)
			}
		}
	}
	for _, threads := range []int{2, 4, 8, 16} {
		for wanted := 0.25; wanted <= min(4, float64(threads)/2); wanted *= 2 { // else they hardly wait
			each(queueing.FormLocked, threads, 1, wanted, 0, 0.5, 1)
		}
	}
	for _, waits := range []float64{0.5, 0.9, 0.99} {
		each(queueing.FormLoop, 1, 1, waits, 0, 0.5, 1, 2)
	}
	return all
}

// A queue is a cell at work: its arrivals, and the means of a job in seconds.
type queue struct {
	cell
	config     Config
	rate       float64
	work, wait float64
}

// at is the cell as a queue. A pool's jobs take 10 ms, a loop's work takes as long, and that under a lock 1 ms.
func (c cell) at() queue {
	const whole, short = 0.010, 0.001
	q := queue{cell: c}
	if c.Form == queueing.FormLoop {
		q.work, q.wait, q.rate = whole, whole*c.Share/(1-c.Share), c.Utilization/whole
		q.config = Config{Discipline: models.Discipline{Holds: 100_000, Lock: models.Loop, Keeps: true}, Workers: 1, Cores: 1}
		return q
	}
	q.work = whole * min(1, c.Share*float64(c.cores)/float64(c.Servers))
	q.wait = whole - q.work
	q.rate = c.Utilization * q.net().Throughput(c.Servers)
	q.config = Config{Discipline: models.Discipline{Slots: c.Servers}, Workers: 1, Cores: c.cores}
	if c.Form == queueing.FormLocked { // with work that is short of the switch interval
		q.work, q.wait, q.rate = short, q.wait*short/q.work, q.rate*q.work/short
		q.config.Discipline = models.Discipline{Slots: c.Servers, Holds: 100_000, Turn: 1, Lock: models.Switching}
	}
	return q
}

func (q queue) net() queueing.Closed {
	return queueing.Closed{CPU: seconds(q.work), Wait: seconds(q.wait), Cores: q.cores}
}

// predict is what the form makes of it, in seconds.
func (q queue) predict(l law) float64 {
	if q.Form == queueing.FormLoop {
		return queueing.Loop{Rate: q.rate, Work: seconds(q.work), CV: q.CV, Wait: seconds(q.wait), Back: 1}.Response()
	}
	sample := make([]float64, 200_000)
	random := rand.New(rand.NewPCG(5, 6))
	for i := range sample {
		work, wait := l(random, q.work, q.wait)
		sample[i] = work + wait
	}
	return queueing.Pool{Rate: q.rate, Size: q.Servers, Net: q.net()}.Varied(q.CV, queueing.SoonestOf(sample, q.Servers)).Response
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// beside are the same jobs at one server that is as fast as all are together, whose mean wait is known: what luck makes
// of the one it makes of the other.
type beside struct {
	speed, left   float64 // a job's service for its time in the queue that is simulated; work that is left
	last          time.Duration
	waited, whole float64 // sums of those that count
	counted       int
}

func (q queue) beside() beside { return beside{speed: q.Utilization / (q.rate * q.share())} }

// share is how much of a job keeps a server busy: all of a pool's, and of a loop's its work.
func (q queue) share() float64 {
	if q.Form == queueing.FormLoop {
		return q.work
	}
	return q.work + q.wait
}

// wait is Pollaczek's and Khinchin's.
func (b beside) wait(q queue) float64 {
	service := b.speed * q.share()
	return q.Utilization * service * (1 + q.CV*q.CV) / (2 * (1 - q.Utilization))
}

func (b *beside) take(at time.Duration, service, whole float64, counts bool) {
	b.left = max(0, b.left-(at-b.last).Seconds())
	b.last = at
	if counts {
		b.waited, b.whole, b.counted = b.waited+b.left, b.whole+whole, b.counted+1
	}
	b.left += b.speed * service
}

// draw draws a job's work and wait. CV is that of both together in a pool, and of each in a loop.
func (q queue) draw(l law, r *rand.Rand) (work, wait float64) {
	if q.Form != queueing.FormLoop {
		return l(r, q.work, q.wait)
	}
	work, _ = l(r, q.work, 0)
	wait, _ = l(r, q.wait, 0)
	return work, wait
}

func (q queue) steps(work, off float64) (steps []task.Step) {
	after := q.after * work
	for _, step := range []task.Step{cpu(seconds(work - after)), wait(seconds(off)), cpu(seconds(after))} {
		if step.For > 0 {
			steps = append(steps, step)
		}
	}
	return steps
}

// simulate is a replication: what jobs take beyond their own times, in the mean, and what they wait beside.
func (q queue) simulate(t *testing.T, l law, jobs int, replication uint64) (more, waited float64) {
	t.Helper()
	b := q.beside()
	warmUp, window := seconds(float64(jobs)/5/q.rate), seconds(float64(jobs)/q.rate)
	var sends []time.Duration
	for at := range arrival.Until(arrival.Poisson(q.rate, 1000+replication), warmUp+window) {
		sends = append(sends, at)
	}
	demands := func(k int, r *rand.Rand) (steps []task.Step) {
		work, off := q.draw(l, r)
		service := work
		if q.Form != queueing.FormLoop {
			service += off
		}
		b.take(sends[k], service, work+off, sends[k] >= warmUp)
		return q.steps(work, off)
	}
	load := Load{Arrivals: func(uint64) arrival.Schedule { return arrival.Replay(sends) }, Demands: demands, WarmUp: warmUp, Window: window}
	r, err := Run(t.Context(), q.config, load, 11, replication, nil)
	if err != nil || r.Answered != r.Planned || r.Answered != b.counted {
		t.Fatalf("%+v: %d of %d answered, %d counted: %v", q.Setting, r.Answered, r.Planned, b.counted, err)
	}
	n := float64(b.counted)
	return r.Mean().Seconds() - b.whole/n, b.waited / n
}

// response is the mean response of so many replications, corrected by what is known beside (control variates: Law,
// Simulation Modeling and Analysis, section 11.4), with the interval of 95 %.
func (q queue) response(t *testing.T, l law, jobs, replications int) stat.Interval {
	t.Helper()
	var more, wait []float64
	for n := range uint64(replications) {
		m, w := q.simulate(t, l, jobs, n)
		more, wait = append(more, m), append(wait, w)
	}
	known, slope := q.beside().wait(q), slopeOf(wait, more)
	for i := range more {
		more[i] += q.work + q.wait - slope*(wait[i]-known)
	}
	return stat.Replicated(more, 0.95)
}

func slopeOf(xs, ys []float64) float64 {
	x, y := stat.Average(xs), stat.Average(ys)
	var products, squares float64
	for i := range xs {
		products += (xs[i] - x) * (ys[i] - y)
		squares += (xs[i] - x) * (xs[i] - x)
	}
	return products / squares
}

// off is by how much the form is off at most, of all laws, and its uncertainty with it, as a share of the mean response.
func (c cell) off(t *testing.T, jobs, replications int) (off float64) {
	t.Helper()
	q := c.at()
	for _, l := range laws(c.CV) {
		e := q.response(t, l, jobs, replications)
		off = max(off, math.Abs(q.predict(l)/e.Estimate-1)+e.Relative())
	}
	return off
}

// Every approximation is off by no more than the table says, beyond what so few jobs leave open; of all cells some are
// simulated, at a low utilisation that the table leaves out too, and with -tabulate all, which is how the table is made.
func TestErrorsOfTheApproximations(t *testing.T) {
	if *tabulate != "" {
		writeTable(t, *tabulate)
		return
	}
	const jobs, replications = 12_000, 8
	for _, s := range []queueing.Setting{
		{Form: queueing.FormAlone, Servers: 2, Utilization: 0.7, CV: 0.5},
		{Form: queueing.FormAlone, Servers: 2, Utilization: 0.3, CV: 2},
		{Form: queueing.FormAlone, Servers: 4, Utilization: 0.8, CV: 1.5},
		{Form: queueing.FormAlone, Servers: 16, Utilization: 0.9, CV: 1},
		{Form: queueing.FormPool, Servers: 4, Share: 2, Utilization: 0.8, CV: 0.5},
		{Form: queueing.FormPool, Servers: 8, Share: 1, Utilization: 0.7, CV: 1},
		{Form: queueing.FormLocked, Servers: 4, Share: 0.5, Utilization: 0.7, CV: 0.5},
		{Form: queueing.FormLoop, Servers: 1, Share: 0.9, Utilization: 0.7, CV: 1},
	} {
		q := cell{Setting: s, cores: max(1, s.Servers)}
		if s.Share > 0 {
			q.cores = 1
		}
		off, known := queueing.Off(s)
		for name, l := range laws(s.CV) {
			e := q.at().response(t, l, jobs, replications)
			if got := q.at().predict(l); !known || math.Abs(got-e.Estimate) > off*e.Estimate+1.5*e.Half() { // half as wide again is about 99 %
				t.Errorf("%+v, %s: %.5f s, simulated %.5f ± %.5f; the table says %.3f, %v", s, name, got, e.Estimate, e.Half(), off, known)
			}
		}
	}
}

// The table has what it is to have, and nothing else.
func TestTheTableIsWhole(t *testing.T) {
	for _, c := range cells() {
		if off, known := queueing.Off(c.Setting); !known || off < 0 {
			t.Errorf("%+v: %g, %v", c.Setting, off, known)
		}
	}
	for _, s := range []queueing.Setting{
		{Form: queueing.FormAlone, Servers: 17, Utilization: 0.7, CV: 1},
		{Form: queueing.FormAlone, Servers: 4, Utilization: 0.96, CV: 1},
		{Form: queueing.FormAlone, Servers: 4, Utilization: 0.7, CV: 3.1},
		{Form: queueing.FormPool, Servers: 4, Share: 2, Utilization: 0.7, CV: 2},
		{Form: "another", Servers: 4, Utilization: 0.7, CV: 1},
	} {
		if off, known := queueing.Off(s); known {
			t.Errorf("%+v: %g, and was not measured", s, off)
		}
	}
}

// writeTable replaces the rows of a form. Where a setting has several cells the worst one counts.
func writeTable(t *testing.T, form string) {
	t.Helper()
	const path = "../queueing/errors.csv"
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	worst := make(map[queueing.Setting]float64)
	var order []queueing.Setting
	for _, c := range cells() {
		if c.Form != form {
			continue
		}
		jobs, replications := 30_000, 8
		if form == queueing.FormAlone { // has the largest CV
			jobs, replications = 60_000, int(8*(1+c.CV))
		}
		if _, again := worst[c.Setting]; !again {
			order = append(order, c.Setting)
		}
		worst[c.Setting] = max(worst[c.Setting], c.off(t, jobs, replications))
		t.Logf("%+v: %.3f", c, worst[c.Setting])
	}
	var table strings.Builder
	for line := range strings.Lines(string(before)) {
		if !strings.HasPrefix(line, form+",") {
			table.WriteString(line)
		}
	}
	for _, s := range order {
		fmt.Fprintf(&table, "%s,%d,%g,%g,%g,%.3f\n", s.Form, s.Servers, s.Share, s.Utilization, s.CV, worst[s])
	}
	if err := os.WriteFile(path, []byte(table.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
