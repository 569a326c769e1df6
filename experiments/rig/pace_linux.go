package rig

import (
	"runtime"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/server/proc"
)

// every is how often each core does the piece of work that tells its pace: 1 % of its time.
const every = 40 * time.Millisecond

// paced has the machine's pace watched while f runs, for subjects that have all of its cores, and records it.
func paced(subjects []*subject, f func()) {
	if subjects[0].Place != trial.All {
		f()
		return
	}
	began, p := time.Now(), pace()
	f()
	mean, used := p.end()
	for _, x := range subjects {
		x.keepPace(mean, used.Seconds()/time.Since(began).Seconds())
	}
}

// keepPace records what the piece of work took on average, and what a client computed for a request, without the
// cores that the piece of work took.
func (x *subject) keepPace(mean time.Duration, cores float64) {
	if mean > 0 {
		x.record.Set("pace", mean.Seconds(), "seconds")
	}
	if x.record.Completed > 0 {
		own := max(0, x.generator.Seconds()-cores*x.Window.Seconds())
		x.record.Set("client_cpu", own/float64(x.record.Completed), "seconds")
	}
}

// A pacer tells the machine's pace. Cores are threads of others' in many machines, ours and strangers', and what
// they compute slows ours: by a third and more, from second to second.
type pacer struct {
	stop  chan struct{}
	all   sync.WaitGroup
	mutex sync.Mutex
	sum   time.Duration
	n     int
	seen  uint64 // what the work came to, so that it is done
}

// pace begins to look at the pace of the cores that this process may use.
func pace() *pacer {
	p := &pacer{stop: make(chan struct{})}
	cpus, err := proc.CPUs()
	if err != nil {
		return p // which knows no pace
	}
	allowed := proc.CPUSet(cpus...)
	for _, core := range cpus {
		p.all.Go(func() { p.watch(core, &allowed) })
	}
	return p
}

// watch does the piece of work on one core again and again. Its thread is given back as it was: were it to end, so
// would the servers that it happens to have started (PR_SET_PDEATHSIG).
func (p *pacer) watch(core int, allowed *unix.CPUSet) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	set := proc.CPUSet(core)
	if unix.SchedSetaffinity(0, &set) != nil {
		return
	}
	defer func() { _ = unix.SchedSetaffinity(0, allowed) }() // it was so before
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-tick.C:
		}
		began := threadCPU()
		x := piece(200_000)
		took := threadCPU() - began
		p.mutex.Lock()
		p.sum, p.n, p.seen = p.sum+took, p.n+1, x
		p.mutex.Unlock()
	}
}

// end stops looking, and returns what the piece of work took on average, and the time that all took.
func (p *pacer) end() (mean, used time.Duration) {
	close(p.stop)
	p.all.Wait()
	return p.sum / time.Duration(max(1, p.n)), p.sum
}

// threadCPU is what the calling thread has computed.
func threadCPU() time.Duration {
	var ts unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts) // it cannot fail for that clock
	return time.Duration(ts.Nano())
}

// piece is the piece of work: four streams of numbers that do not depend on each other, so that it takes all of a
// core that it can get, and notices who else does.
//
//go:noinline
func piece(rounds int) uint64 {
	a, b, c, d := uint64(1), uint64(2), uint64(3), uint64(4)
	for range rounds {
		a ^= a << 13
		b ^= b << 13
		c ^= c << 13
		d ^= d << 13
		a ^= a >> 7
		b ^= b >> 7
		c ^= c >> 7
		d ^= d >> 7
	}
	return a + b + c + d
}
