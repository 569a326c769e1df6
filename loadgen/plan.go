package loadgen

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/workerlab/workerlab/loadgen/arrival"
)

const (
	defaultConnections = 64
	defaultMaxWorkers  = 4096
	defaultTimeout     = 10 * time.Second
	defaultQuantile    = 0.99
	defaultMaxLag      = time.Millisecond

	// maxPlanned bounds the memory of a plan (8 bytes a request, and as much again to record when each
	// was sent): 28 minutes at 30 000 requests/s, about what one core can send.
	maxPlanned = 50_000_000
)

// A plan is an attack made ready: checked, its zero values replaced, its requests encoded.
type plan struct {
	Attack
	address  string          // to dial
	offsets  []time.Duration // open loop: intended sends from the window's start, the warm-up's negative
	planned  uint64          // of offsets, those in the window
	messages [][]byte        // by target: the bytes on the wire
}

func (p *plan) open() bool { return p.Schedule != nil }

func (a *Attack) plan() (*plan, error) {
	p := &plan{Attack: *a}
	for _, step := range []func() error{p.checkTimes, p.checkClients, p.encodeTargets} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return p, p.layOut(maxPlanned)
}

func (p *plan) checkTimes() error {
	switch {
	case p.Duration <= 0:
		return fmt.Errorf("duration %v: must be positive", p.Duration)
	case p.Warmup < 0:
		return fmt.Errorf("warm-up %v: must not be negative", p.Warmup)
	case p.Timeout < 0:
		return fmt.Errorf("timeout %v: must not be negative", p.Timeout)
	case p.RTT < 0:
		return fmt.Errorf("round trip %v: must not be negative", p.RTT)
	case p.MaxLag < 0:
		return fmt.Errorf("lag %v: must not be negative", p.MaxLag)
	case p.Quantile < 0 || p.Quantile >= 1:
		return fmt.Errorf("quantile %v: must be between 0 and 1", p.Quantile)
	}
	if p.Timeout == 0 {
		p.Timeout = defaultTimeout
	}
	if p.MaxLag == 0 {
		p.MaxLag = defaultMaxLag
	}
	if p.Quantile == 0 {
		p.Quantile = defaultQuantile
	}
	return nil
}

func (p *plan) checkClients() error {
	switch {
	case p.Clients < 0:
		return fmt.Errorf("%d clients: must not be negative", p.Clients)
	case p.Connections < 0:
		return fmt.Errorf("%d connections: must not be negative", p.Connections)
	case p.MaxWorkers < 0:
		return fmt.Errorf("%d workers: must not be negative", p.MaxWorkers)
	case p.open() && p.Clients > 0:
		return errors.New("a schedule and clients: an open loop has no clients, a closed one no schedule")
	case p.open() && p.Think != nil:
		return errors.New("a schedule and a think time: only the clients of a closed loop think")
	}
	if p.open() {
		p.Connections = or(p.Connections, defaultConnections)
		p.MaxWorkers = or(p.MaxWorkers, defaultMaxWorkers)
		return nil
	}
	p.Clients = or(p.Clients, 1)
	p.Connections = or(p.Connections, p.Clients)
	p.MaxWorkers = p.Clients
	return nil
}

func or(n, zero int) int {
	if n == 0 {
		return zero
	}
	return n
}

func (p *plan) encodeTargets() error {
	if len(p.Targets) == 0 {
		return errors.New("no targets")
	}
	p.Targets = append([]Target(nil), p.Targets...)
	for i := range p.Targets {
		t := &p.Targets[i]
		if t.Method == "" {
			t.Method = http.MethodGet
		}
		message, address, err := t.encode(p.KeepAlive)
		if err != nil {
			return err
		}
		if p.address != "" && p.address != address {
			return fmt.Errorf("target %s is not on %s: all targets share one host", t.URL, p.address)
		}
		p.address = address
		p.messages = append(p.messages, message)
	}
	return nil
}

// encode returns the request as it is sent and the address to send it to.
func (t *Target) encode(keepAlive bool) (message []byte, address string, err error) {
	if t.Weight < 0 {
		return nil, "", fmt.Errorf("target %s: weight %v is negative", t.URL, t.Weight)
	}
	u, err := CheckURL(t.URL)
	if err != nil {
		return nil, "", err
	}
	r, err := http.NewRequest(t.Method, t.URL, bytes.NewReader(t.Body))
	if err != nil {
		return nil, "", fmt.Errorf("target %s: %w", t.URL, err)
	}
	if err := t.copyHeader(r); err != nil {
		return nil, "", err
	}
	r.Close = !keepAlive
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		return nil, "", fmt.Errorf("target %s: %w", t.URL, err)
	}
	return b.Bytes(), dialAddress(u), nil
}

// Check reports what is wrong with a target; nil if it can be sent.
func (t *Target) Check() error {
	_, _, err := t.encode(true)
	return err
}

// CheckURL parses the address of a target. Its error names the address and the remedy.
func CheckURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("%q is not a URL (%w): %s", raw, errors.Unwrap(err), writeURL)
	}
	if u.Scheme != "http" || u.Hostname() == "" {
		return nil, fmt.Errorf("%q is not an http URL: %s", raw, writeURL)
	}
	return u, nil
}

const writeURL = "write http://HOST:PORT/PATH"

func (t *Target) copyHeader(r *http.Request) error {
	r.Header.Set("User-Agent", "workerlab")
	for name, values := range t.Header {
		if !httpguts.ValidHeaderFieldName(name) {
			return fmt.Errorf("header name %q: not a token of RFC 9110", name)
		}
		for _, v := range values {
			if !httpguts.ValidHeaderFieldValue(v) {
				return fmt.Errorf("header %s: value %q has control characters", name, v)
			}
		}
		r.Header[http.CanonicalHeaderKey(name)] = values
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	return nil
}

func dialAddress(u *url.URL) string {
	return net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "80"))
}

// layOut turns the schedule into the offsets of the whole attack, of which there may be limit.
func (p *plan) layOut(limit int) error {
	if !p.open() {
		return nil
	}
	for _, part := range []struct{ length, start time.Duration }{{p.Warmup, -p.Warmup}, {p.Duration, 0}} {
		last, before := time.Duration(0), len(p.offsets)
		for at := range arrival.Until(p.Schedule, part.length) {
			if at < last {
				return fmt.Errorf("schedule: offset %v comes after %v, they must not decrease", at, last)
			}
			if len(p.offsets) == limit {
				return fmt.Errorf("schedule: more than %d requests", limit)
			}
			last = at
			p.offsets = append(p.offsets, part.start+at)
		}
		p.planned = uint64(len(p.offsets) - before)
	}
	if p.planned == 0 {
		return fmt.Errorf("schedule: no request within the window of %v", p.Duration)
	}
	return nil
}
