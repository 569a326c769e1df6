package study

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/models/scenario"
	"github.com/workerlab/workerlab/models/spec"
)

// of is a scenario on ideal cores, with demands and a rate.
func of(t *testing.T, do string, rate float64) *scenario.Scenario {
	t.Helper()
	demands, err := spec.ParseDemands(do)
	if err != nil {
		t.Fatal(err)
	}
	s := scenario.Default()
	s.Machine.Scheduler, s.Machine.Bias = spec.Ideal, spec.Fair
	s.Load.Mix, s.Load.Rate = []spec.Endpoint{{Weight: 1, Do: demands}}, rate
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	return &s
}

func predicted(t *testing.T, s *scenario.Scenario) (Report, map[string]Figure) {
	t.Helper()
	r, err := Predict(t.Context(), s, Settings{Replications: 20})
	if err != nil {
		t.Fatal(err)
	}
	figures := make(map[string]Figure)
	for _, f := range r.Figures {
		figures[f.Name] = f
	}
	return r, figures
}

// Of the same mean each law has its own answer: by Pollaczek and Khinchin 20 + 0.8·20·(1+CV²)/(2·0.2) ms.
func TestPredictionsUseTheLawThatTheyAreGiven(t *testing.T) {
	for do, want := range map[string]float64{"wait:20ms": 0.060, "wait:exp(20ms)": 0.100, "wait:lognormal(20ms/3)": 0.420} {
		r, figures := predicted(t, of(t, do, 40))
		f := figures[meanResponse]
		if math.Abs(f.Value.Estimate/want-1) > 1e-9 || f.Value.Confidence != 0 || !strings.Contains(r.Note, "which is exact") {
			t.Errorf("%s: %+v, want %g exactly\n%s", do, f, want, r.Note)
		}
	}
}

// Where no form is exact the prediction says by how much it may be off.
func TestPredictionsSayHowFarTheyMayBeOff(t *testing.T) {
	s := of(t, "wait:lognormal(20ms/1.5)", 150)
	s.Server.Workers = 4
	r, figures := predicted(t, s)
	f := figures[meanResponse]
	if !(f.Value.Half() > 0 && f.Value.Relative() <= 0.10) || !strings.Contains(r.Note, "off by at most") {
		t.Errorf("%+v: %s", f, r.Note)
	}
	simulated, err := Simulate(t.Context(), s, Settings{Replications: 20})
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range simulated.Figures {
		if g.Name == meanResponse && math.Abs(g.Value.Estimate-f.Value.Estimate) > g.Value.Half()+f.Value.Half() {
			t.Errorf("simulated %+v, predicted %+v", g.Value, f.Value)
		}
	}
}

// What no form has is simulated, and said to be.
func TestWhatIsDeclinedIsSimulated(t *testing.T) {
	jittery := of(t, "cpu:2ms,wait:10ms,cpu:2ms", 100)
	jittery.Server.Class = "asyncio"
	for _, c := range []struct {
		s   *scenario.Scenario
		why string
	}{
		{jittery, "requests come back to the loop with more work"},
		{with(of(t, "wait:lognormal(20ms/5)", 150), func(s *scenario.Scenario) { s.Server.Workers = 4 }), "was not measured at 75 % of the capacity with a CV of 5"},
		{with(of(t, "wait:20ms", 40), func(s *scenario.Scenario) { s.Server.MaxRequests = 100 }), "workers are replaced"},
		{with(of(t, "wait:exp(20ms)", 20), func(s *scenario.Scenario) { s.Load.Timeout = 100 * time.Millisecond }), "clients give up after 100ms"},
		{with(of(t, "cpu:exp(5ms),wait:20ms", 100), func(s *scenario.Scenario) {
			s.Server.Workers, s.Machine.Scheduler = 8, spec.Kernel
		}), "scheduler: ideal"},
		{with(of(t, "wait:exp(20ms)", 80), func(s *scenario.Scenario) {
			s.Server.Class, s.Server.Workers, s.Machine.Bias = "gthread", 4, 0
		}), "race for connections"},
	} {
		r, figures := predicted(t, c.s)
		f, ok := figures[meanResponse+" (simulated)"]
		if _, predicted := figures[meanResponse]; predicted || !ok || !(f.Value.Half() > 0) || !strings.Contains(r.Note, c.why) {
			t.Errorf("%+v\n%s\nwant it to say %q", r.Figures, r.Note, c.why)
		}
	}
	long := with(jittery, func(s *scenario.Scenario) { s.Load.Rate, s.Window = 200, 24*time.Hour })
	if r, figures := predicted(t, long); !figures[meanResponse].Empty() || !strings.Contains(r.Note, "not simulated either") {
		t.Errorf("%+v: %s", r.Figures, r.Note)
	}
}

func with(s *scenario.Scenario, change func(*scenario.Scenario)) *scenario.Scenario {
	change(s)
	return s
}

// Clients who think before two workers that only wait are machines before two repairers.
func TestClosedLoadsArePredicted(t *testing.T) {
	s := of(t, "wait:exp(10ms)", 1)
	s.Server.Workers, s.Load.Rate, s.Load.Clients, s.Load.Think, s.Load.Thinking = 2, 0, 12, 40*time.Millisecond, spec.Exponential
	want := queueing.Closed{CPU: 10 * time.Millisecond, Wait: 40 * time.Millisecond, Cores: 2}
	r, figures := predicted(t, s)
	if x := figures["throughput"].Value.Estimate; math.Abs(x/want.Throughput(12)-1) > 1e-6 {
		t.Errorf("%g requests/s, want %g: %s", x, want.Throughput(12), r.Note)
	}
	if x := figures[meanResponse].Value.Estimate; math.Abs(x/want.Residence(12).Seconds()-1) > 1e-6 {
		t.Errorf("%g s, want %v: %s", x, want.Residence(12), r.Note)
	}
}

func TestUnstableLoadsAreSaid(t *testing.T) {
	s := of(t, "wait:20ms", 60)
	if err := Unstable(s); err == nil || !strings.Contains(err.Error(), "at most 50 can be served, limited by the workers") || !strings.Contains(err.Error(), "--transient") {
		t.Error(err)
	}
	if r, figures := predicted(t, s); len(figures) != 2 || !strings.Contains(r.Note, "the queue grows") {
		t.Errorf("%+v: %s", r.Figures, r.Note)
	}
}

// Nobody waits for what takes longer than they have patience.
func TestNoneIsAnswered(t *testing.T) {
	s := of(t, "wait:5s", 0.1)
	s.Load.Timeout = time.Second
	r, err := Simulate(t.Context(), s, Settings{Replications: 3})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Figures {
		if response := f.Unit == "seconds"; response != f.Empty() || f.Name == failed && f.Value.Estimate != 1 {
			t.Errorf("%+v", f)
		}
	}
	if !strings.Contains(r.Note, "clients give up after 1s (load.patience)") {
		t.Error(r.Note)
	}
}

func TestCoursesAreChecked(t *testing.T) {
	s := of(t, "wait:20ms", 100)
	closed := with(of(t, "wait:20ms", 100), func(s *scenario.Scenario) { s.Load.Rate, s.Load.Clients = 0, 3 })
	good := Span{Horizon: time.Minute, Steps: 10}
	for want, c := range map[string]struct {
		s    *scenario.Scenario
		span Span
		n    int
	}{
		"--steps 0":                     {s, Span{Horizon: time.Minute}, 2},
		"--steps 100000":                {s, Span{Horizon: time.Minute, Steps: 100_000}, 2},
		"of a microsecond at least":     {s, Span{Horizon: 5, Steps: 10}, 2},
		"--initial -1":                  {s, Span{time.Minute, 10, -1}, 2},
		"raise load.clients":            {closed, Span{time.Minute, 10, 4}, 2},
		"want 27h46m40s or less":        {s, Span{Horizon: 1000 * time.Hour, Steps: 10}, 2},
		"--replications 1: an interval": {s, good, 1},
	} {
		if err := CheckTransient(c.s, c.span, Settings{Replications: c.n}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if err := CheckTransient(s, good, Settings{Replications: 2}); err != nil {
		t.Error(err)
	}
}

// Twice what can be served: half of it is left, and replications are told of.
func TestACourseIsSimulated(t *testing.T) {
	s, told := of(t, "wait:20ms", 100), 0
	c, err := Transient(t.Context(), s, Span{Horizon: 10 * time.Second, Steps: 5, Initial: 7}, Settings{Replications: 10, Progress: func(int, int) { told++ }})
	if err != nil || len(c.Steps) != 5 || told != 10 {
		t.Fatalf("%+v, told %d times, %v", c, told, err)
	}
	if end := c.Steps[4].Held; math.Abs(end.Estimate-507) > end.Half()+10 {
		t.Errorf("%g ± %g are held, want 7 + 10·50", end.Estimate, end.Half())
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	if _, err := Transient(ctx, s, Span{Horizon: time.Second, Steps: 1}, Settings{Replications: 2}); err == nil || err.Error() != "enough" {
		t.Error(err)
	}
	for _, f := range []func() error{
		func() error { _, err := Simulate(ctx, s, Settings{Replications: 2}); return err },
		func() error {
			_, err := Predict(ctx, with(s, func(s *scenario.Scenario) { s.Load.Rate, s.Server.MaxRequests = 10, 5 }), Settings{Replications: 2})
			return err
		},
	} {
		if err := f(); err == nil || err.Error() != "enough" {
			t.Error(err)
		}
	}
}
