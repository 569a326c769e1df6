package queueing

import "time"

// Loop is one server that does one stretch of work after the other, in order, for jobs that arrive at random, work, wait
// off the server, and then are heard once more, which is no work but has its place in the order. It takes all jobs that
// have come in one turn. An event loop whose requests compute and then await is one.
type Loop struct {
	Rate float64       // λ: mean arrivals per second of a Poisson process, not negative
	Work time.Duration // S: mean work, done before the wait
	CV   float64       // of the work
	Wait time.Duration // mean wait, of all jobs; 0: a job is done when its work is
	Back float64       // share of the jobs that wait; the others are done when their work is
}

// Response is the mean time in the system in seconds; +Inf from λS = 1 on. A job queues for its work as in M/G/1, V =
// λS²(1+CV²)/2(1−ρ), since the work of those that are not yet taken is before it in any case. To be heard again it
// queues behind those that the loop holds, about V/(1+ρ): the others have come during as long a wait. Only without
// waits is that exact; else Off says by how much it is off.
func (l Loop) Response() float64 {
	one := General{Rate: l.Rate, Service: l.Work, CV: l.CV, Servers: 1}
	return one.Response() + l.Wait.Seconds() + l.Back*one.Wait()/(1+one.Utilization())
}
