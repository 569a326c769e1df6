package main

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// wrkScript makes wrk print its figures unrounded, once, after the run; it defines nothing that wrk
// would call for each request.
const wrkScript = `function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("perf requests=%d us=%d status=%d connect=%d read=%d write=%d timeout=%d p50us=%d\n",
    summary.requests, summary.duration, e.status, e.connect, e.read, e.write, e.timeout, latency:percentile(50)))
end
`

var wrkLine = regexp.MustCompile(
	`perf requests=(\d+) us=(\d+) status=(\d+) connect=(\d+) read=(\d+) write=(\d+) timeout=(\d+) p50us=(\d+)`)

// A load is what wrk did.
type load struct {
	Requests int64
	Took     time.Duration
	P50      time.Duration
}

// parseWrk reads what wrkScript printed. A run with a failed request is no measurement.
func parseWrk(output string) (load, error) {
	m := wrkLine.FindStringSubmatch(output)
	if m == nil {
		return load{}, fmt.Errorf("wrk printed no figures: %q", output)
	}
	var n [8]int64
	for i := range n {
		v, err := strconv.ParseInt(m[i+1], 10, 64)
		if err != nil {
			return load{}, fmt.Errorf("wrk: %w", err)
		}
		n[i] = v
	}
	if n[2] > 0 {
		return load{}, fmt.Errorf("%d of %d responses were no 2xx", n[2], n[0])
	}
	if failed := n[3] + n[4] + n[5] + n[6]; failed > 0 {
		return load{}, fmt.Errorf("%d requests failed: connect %d, read %d, write %d, timeout %d", failed, n[3], n[4], n[5], n[6])
	}
	if n[0] == 0 || n[1] == 0 {
		return load{}, errors.New("no request was answered")
	}
	return load{
		Requests: n[0],
		Took:     time.Duration(n[1]) * time.Microsecond,
		P50:      time.Duration(n[7]) * time.Microsecond,
	}, nil
}
