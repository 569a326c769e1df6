package giltest

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// Interval is the switch interval that patterns are for: sys.getswitchinterval().
const Interval = 5 * time.Millisecond

// A Role is what some threads do again and again. Each length is drawn anew (Draw).
type Role struct {
	Threads int
	Work    time.Duration // under the lock; 0: it never ends
	Sleep   time.Duration // and then without it; 0: one short call
}

// A Pattern is what the threads of a process do. Waits are told of the threads of its last role.
type Pattern []Role

// Patterns are those that were recorded: threads that compute, that make a short call now and then, that sleep as
// long as they compute, and one that mostly sleeps beside others that compute.
func Patterns() (all []Pattern) {
	for _, n := range []int{2, 4, 8, 16} {
		all = append(all, Pattern{{Threads: n}},
			Pattern{{Threads: n, Work: 8 * time.Millisecond}},
			Pattern{{Threads: n, Work: 5 * time.Millisecond, Sleep: 5 * time.Millisecond}})
	}
	for _, n := range []int{1, 3} {
		all = append(all, Pattern{{Threads: n}, {1, 300 * time.Microsecond, 200 * time.Microsecond}})
	}
	for _, n := range []int{1, 2, 3, 4, 7, 15} {
		all = append(all, Pattern{{Threads: n}, {1, 300 * time.Microsecond, 10 * time.Millisecond}})
	}
	return all
}

// String is the pattern as trace.py takes it: "work*3 work/0.3/10".
func (p Pattern) String() string {
	roles := make([]string, len(p))
	for i, r := range p {
		roles[i] = "work"
		if r.Work > 0 {
			roles[i] += "/" + milliseconds(r.Work)
		}
		if r.Sleep > 0 {
			roles[i] += "/" + milliseconds(r.Sleep)
		}
		roles[i] += fmt.Sprintf("*%d", r.Threads)
	}
	return strings.Join(roles, " ")
}

func milliseconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds()*1e3, 'g', -1, 64) }

// Threads is how many there are.
func (p Pattern) Threads() (n int) {
	for _, r := range p {
		n += r.Threads
	}
	return n
}

// Role is what a thread does.
func (p Pattern) Role(thread int) Role {
	for _, r := range p {
		if thread -= r.Threads; thread < 0 {
			return r
		}
	}
	return Role{}
}

// Draw draws how long a role's work or sleep is this time: evenly from half to one and a half of its length.
func Draw(mean time.Duration, random *rand.Rand) time.Duration {
	return time.Duration((0.5 + random.Float64()) * float64(mean))
}
