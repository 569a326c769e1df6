package demand

import (
	"fmt"
	"math"
	"testing"
)

func ExampleOf() {
	// Two workers that 32 clients keep busy answer 90 requests/s, and use 0.18 cores for it.
	d, _ := Of(Run{CPU: 0.002, Throughput: 90, Clients: 32, Workers: 2, Response: 0.3556})
	fmt.Printf("%.0f ms of work, held for %.1f ms\n", 1e3*d.Work, 1e3*d.Held)
	// Output: 2 ms of work, held for 22.2 ms
}

func TestOf(t *testing.T) {
	for name, c := range map[string]struct {
		runs []Run
		want Demand
	}{
		"nothing":                       {nil, Demand{}},
		"a run that tells nothing":      {[]Run{{}}, Demand{}},
		"the mean of those that tell":   {[]Run{{CPU: 1}, {CPU: 3}, {}}, Demand{Work: 2}},
		"a lone client":                 {[]Run{{Response: 0.02, Clients: 1}}, Demand{Response: 0.02}},
		"by Little's law":               {[]Run{{Response: 0.4, Clients: 32, Workers: 2}}, Demand{Held: 0.025, Response: 0.4}},
		"by the throughput, if known":   {[]Run{{Throughput: 40, Clients: 4, Workers: 1}}, Demand{Held: 0.025}},
		"workers that wait for clients": {[]Run{{Throughput: 40, Clients: 1, Workers: 2}}, Demand{}},
	} {
		got, known := Of(c.runs...)
		if math.Abs(got.Work-c.want.Work)+math.Abs(got.Held-c.want.Held)+math.Abs(got.Response-c.want.Response) > 1e-12 || known != (c.want != Demand{}) {
			t.Errorf("%s: %+v, %v; want %+v", name, got, known, c.want)
		}
	}
}
