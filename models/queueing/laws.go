package queueing

import "time"

// Little is the mean number of jobs in a system that each spend r there, at throughput x per second:
// L = X·R.
func Little(x float64, r time.Duration) float64 { return x * r.Seconds() }

// Utilization is the mean number of busy servers, of any number, where each job demands d of one and
// x jobs leave per second: U = X·D. Divided by the number of servers it is a share.
func Utilization(x float64, d time.Duration) float64 { return x * d.Seconds() }

// Demand is what each job must have demanded where busy server time was used while jobs left: the
// utilisation law read backwards, D = B/C. It is 0 for no jobs.
func Demand(busy time.Duration, jobs uint64) time.Duration {
	if jobs == 0 {
		return 0
	}
	return time.Duration(float64(busy) / float64(jobs))
}

// Response is the mean response time where n clients with mean think time z see throughput x:
// R = N/X − Z.
func Response(n int, x float64, z time.Duration) time.Duration {
	return seconds(float64(n)/x) - z
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
