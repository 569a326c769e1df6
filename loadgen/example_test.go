package loadgen_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/workerlab/workerlab/loadgen"
	"github.com/workerlab/workerlab/loadgen/arrival"
)

// An open loop sends when its schedule says, whatever becomes of what it has sent. Whether the run can be believed is in the
// report; latencies are of successes alone.
func ExampleAttack_Run() {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	attack := loadgen.Attack{
		Targets:   []loadgen.Target{{URL: server.URL}},
		Schedule:  arrival.Constant(100),
		Duration:  500 * time.Millisecond,
		KeepAlive: true,
	}
	report, err := attack.Run(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("planned:", report.Planned, "accounted for:", report.Planned == report.Sent+report.Unsent)
	fmt.Println("failures:", report.Failures)
	fmt.Println("latencies:", report.Response.TotalCount())
	// Output:
	// planned: 50 accounted for: true
	// failures: map[status 404:50]
	// latencies: 0
}
