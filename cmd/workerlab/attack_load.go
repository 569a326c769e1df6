package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/workerlab/workerlab/loadgen"
	"github.com/workerlab/workerlab/loadgen/arrival"
)

// An attackLoad is an attack with the words for it.
type attackLoad struct {
	attack   *loadgen.Attack
	arrivals string // constant, poisson, closed or replay
	rate     float64
	think    string
	replay   string
}

// load reads the flags. Its errors name the offending value and the remedy.
func (f *attackFlags) load(url string) (*attackLoad, error) {
	target, err := f.target(url)
	if err != nil {
		return nil, err
	}
	l := &attackLoad{
		rate:   f.rate,
		think:  f.think,
		replay: f.replay,
		attack: &loadgen.Attack{
			Name:        url,
			Targets:     []loadgen.Target{target},
			Warmup:      time.Duration(f.warmup),
			Duration:    time.Duration(f.duration),
			Timeout:     time.Duration(f.timeout),
			RTT:         time.Duration(f.rtt),
			Connections: f.connections,
			KeepAlive:   !f.noKeepAlive,
			Seed:        f.seed,
			SharedCores: f.sharedCores,
		},
	}
	if l.arrivals, err = f.kind(); err != nil {
		return nil, err
	}
	if err := f.check(l.arrivals); err != nil {
		return nil, err
	}
	return l, f.apply(l)
}

// kind returns the kind of arrivals, as said or as implied by the other flags.
func (f *attackFlags) kind() (string, error) {
	switch f.arrivals {
	case "constant", "poisson", "closed", "replay":
		return f.arrivals, nil
	case "":
	default:
		return "", fmt.Errorf("--arrivals %s: choose constant, poisson, closed or replay", f.arrivals)
	}
	switch {
	case f.given("replay"):
		return "replay", nil
	case f.given("rate"):
		return "constant", nil
	case f.given("clients"):
		return "closed", nil
	}
	return "", errors.New("how much load? --rate 100 for an open loop of 100 requests/s, or --clients 8 for a closed loop")
}

// check refuses flags that the kind of arrivals has no use for, and those it lacks.
func (f *attackFlags) check(arrivals string) error {
	uses := map[string][]string{
		"constant": {"rate"},
		"poisson":  {"rate"},
		"closed":   {"clients", "think"},
		"replay":   {"replay", "column"},
	}
	needs := uses[arrivals][0]
	if !f.given(needs) {
		return fmt.Errorf("%s arrivals need --%s", arrivals, needs)
	}
	for _, kind := range slices.Sorted(maps.Keys(uses)) {
		for _, flag := range uses[kind] {
			if kind != arrivals && f.given(flag) && flag != needs {
				return fmt.Errorf("--%s means nothing with %s arrivals: drop it, or choose --arrivals %s", flag, arrivals, kind)
			}
		}
	}
	return f.checkNumbers(arrivals)
}

func (f *attackFlags) checkNumbers(arrivals string) error {
	switch {
	case arrivals != "closed" && arrivals != "replay" && !(f.rate > 0 && f.rate <= maxRate):
		return fmt.Errorf("--rate %v: want requests per second, above 0 and up to %d", f.rate, maxRate)
	case arrivals == "closed" && (f.clients < 1 || f.clients > maxClients):
		return fmt.Errorf("--clients %d: want 1 to %d", f.clients, maxClients)
	case f.connections < 0 || f.connections > maxClients:
		return fmt.Errorf("--connections %d: want 1 to %d", f.connections, maxClients)
	case f.given("connections") && f.connections == 0:
		return fmt.Errorf("--connections 0: want 1 to %d", maxClients)
	case f.duration == 0:
		return errors.New("--duration 0: want a time above 0, as in 10s")
	case f.timeout == 0:
		return errors.New("--timeout 0: want a time above 0, as in 10s")
	}
	return nil
}

const (
	maxRate    = 1_000_000 // far above what any generator here can send
	maxClients = 65_536    // as many as there are ports
)

// apply makes the arrivals.
func (f *attackFlags) apply(l *attackLoad) (err error) {
	a := l.attack
	switch l.arrivals {
	case "constant":
		a.Schedule = arrival.Constant(f.rate)
	case "poisson":
		a.Schedule = arrival.Poisson(f.rate, f.seed)
	case "closed":
		a.Clients = f.clients
		a.Think, err = thinking(f.think, f.seed)
	case "replay":
		err = f.applyReplay(a)
	}
	return err
}

func (f *attackFlags) applyReplay(a *loadgen.Attack) error {
	file, err := os.Open(f.replay)
	if err != nil {
		return fmt.Errorf("--replay: %w", err)
	}
	defer file.Close() //nolint:errcheck // only read
	var offsets []time.Duration
	if f.column != "" {
		offsets, err = arrival.ParseCSV(file, f.column)
	} else {
		offsets, err = arrival.Parse(file)
	}
	if err != nil {
		return fmt.Errorf("--replay %s: %w", f.replay, err)
	}
	a.Schedule = arrival.Replay(offsets)
	if !f.given("duration") {
		a.Duration = whole(offsets)
	}
	if offsets[0] >= a.Duration {
		return fmt.Errorf("--replay %s: its first offset %v is beyond the duration of %v", f.replay, offsets[0], a.Duration)
	}
	return nil
}

// whole is the length of a recording: until its last request and one mean gap more.
func whole(offsets []time.Duration) time.Duration {
	last := offsets[len(offsets)-1]
	return last + max(last/time.Duration(len(offsets)), time.Millisecond)
}

// thinking reads a think time: "", a time, or exp: and the mean of exponential times.
func thinking(text string, seed uint64) (func() time.Duration, error) {
	if text == "" {
		return nil, nil
	}
	number, exponential := strings.CutPrefix(text, "exp:")
	var s seconds
	if err := s.Set(number); err != nil {
		return nil, fmt.Errorf("--think %s: want a time as in 500ms, or exp:500ms for exponential times", text)
	}
	mean := time.Duration(s)
	if !exponential {
		return func() time.Duration { return mean }, nil
	}
	random := rand.New(rand.NewPCG(seed, thinkStream))
	return func() time.Duration { return time.Duration(random.ExpFloat64() * float64(mean)) }, nil
}

// thinkStream separates the think times from other random streams started with the same seed.
const thinkStream = 0x7468696e6b

func (f *attackFlags) target(url string) (loadgen.Target, error) {
	if _, err := loadgen.CheckURL(url); err != nil {
		return loadgen.Target{}, err
	}
	t := loadgen.Target{Method: f.method, URL: url, Header: make(http.Header)}
	var err error
	if t.Body, err = f.readBody(); err != nil {
		return t, err
	}
	if t.Method == "" {
		t.Method = http.MethodGet
		if len(t.Body) > 0 {
			t.Method = http.MethodPost
		}
	}
	for _, h := range f.headers {
		name, value, ok := strings.Cut(h, ":")
		if !ok {
			return t, fmt.Errorf("--header %q: write 'Name: value'", h)
		}
		t.Header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	if err := t.Check(); err != nil {
		return t, err
	}
	return t, nil
}

func (f *attackFlags) readBody() ([]byte, error) {
	switch {
	case f.given("body") && f.given("body-size"):
		return nil, errors.New("--body and --body-size: give one of them")
	case f.bodySize > maxBody:
		return nil, fmt.Errorf("--body-size %d: more than 1 GB", f.bodySize)
	case f.bodySize > 0:
		return bytes.Repeat([]byte("x"), int(f.bodySize)), nil
	}
	name, isFile := strings.CutPrefix(f.body, "@")
	if !isFile {
		return []byte(f.body), nil
	}
	body, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("--body: %w", err)
	}
	return body, nil
}

// maxBody bounds the memory of a request, of which there is one copy.
const maxBody = 1_000_000_000
