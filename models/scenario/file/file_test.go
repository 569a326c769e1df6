package file

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/scenario"
	"github.com/workerlab/workerlab/models/sim"
)

const example = `system: {class: gthread, workers: 2, threads: 4, gil: true, keepalive: 2s, timeout: 30s}
cores: 2
handler: [{cpu: 2ms}, {wait: 20ms, dist: exp}]
load: {arrivals: poisson, rate: 100, duration: 30s, warmup: 2s}
seed: 7
`

func read(t *testing.T, text string) scenario.Scenario {
	t.Helper()
	s, err := Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestParse(t *testing.T) {
	s := read(t, example)
	if s.Server.Threads != 4 || !s.Server.GIL || s.Server.Backlog != 2048 || s.Load.Mix[0].Do[1].For != 20*time.Millisecond || s.Load.Rate != 100 || s.Seed != 7 {
		t.Errorf("%+v", s)
	}
	if c, _ := s.Simulation(); c.Slots != 4 || c.Lock != models.Switching || c.Workers != 2 {
		t.Errorf("%+v", c)
	}
	if p := s.Predict(); p.Throughput < 300 || p.Limit != "workers" {
		t.Errorf("%+v", p)
	}
}

func TestMixIsWeighted(t *testing.T) {
	s := read(t, `mix:
- {name: quick, weight: 3, handler: [{cpu: 1ms}]}
- {name: slow, weight: 1, handler: [{cpu: 5ms}, {wait: 40ms}]}
load: {arrivals: closed, clients: 4}
overhead: {request: 100us, connection: 50us}
`)
	if x := s.Predict().Throughput; math.Abs(x*12.15e-3-1) > 1e-9 {
		t.Errorf("at most %g requests/s, want those of 3/4·1 + 1/4·5 ms, 0.15 of the server's, and 10 of waits", x)
	}
	random := rand.New(rand.NewPCG(1, 2))
	slow := 0
	_, load := s.Simulation()
	for k := range 10_000 {
		if len(load.Demands(k, random)) == 2 {
			slow++
		}
	}
	if slow < 2350 || slow > 2650 {
		t.Errorf("%d of 10000 were slow, want a quarter", slow)
	}
}

// Every fault is told with where it stands and what would be right.
func TestFaultsAreNamed(t *testing.T) {
	const good = "handler: [{cpu: 2ms}]\nload: {rate: 1}\n"
	for text, want := range map[string]string{
		// What is no scenario at all.
		"":                                "empty: it needs a handler and a load",
		"# later\n":                       "empty",
		"null\n":                          "empty",
		"---\n":                           "empty",
		"hello\n":                         "[1:1] a scenario is made of keys with values, such as cores, handler",
		"[1, 2]\n":                        "[1:1] a scenario is made of keys",
		"\x7fELF\x02\x01\x00":             "no text",
		"\xff\xfe":                        "no text",
		strings.Repeat("#", longest+1):    "longer than 64 KiB",
		strings.Repeat("[", 60_000):       "[1:33] it is nested more than 32 deep",
		strings.Repeat("- ", 30_000):      "nested more than 32 deep",
		"handler: [{cpu: 2ms}\nload: 1\n": "[2:1] ',' or ']' must be specified",
		good + "---\n" + good:             "[3:1] a second document begins here",
		good + "load: {rate: 2}\n":        `"load" already defined`,

		// Keys.
		"nonsense: 1\n": `[1:1] unknown key "nonsense" in a scenario: want one of cores, handler`,
		"system: {class: gthread,\n  thread: 4}\n": `[2:3] unknown key "thread" in system: did you mean threads?`,
		"rate: 1\n":                               `unknown key "rate" in a scenario: it belongs in load`,
		"cpu: 1ms\n":                              "it belongs in handler",
		good + "system: {duration: 3s}\n":         "it belongs in load",
		good + "system: {max-requests: 3}\n":      "did you mean max_requests?",
		good + "system: {Workers: 3}\n":           "did you mean workers?",
		good + "system: {worker_class: gevent}\n": "want one of backlog, bias, boot, class,",
		"handler: [{cpu: 1ms}, {wiat: 2ms}]\n":    `unknown key "wiat" in handler: did you mean wait?`,
		"mix: [{weihgt: 1}]\n":                    `in mix: did you mean weight?`,

		// Values of the wrong kind.
		"handler: [{cpu: fast}]\nload: {rate: 1}\n":   `[1:17] "fast" is no time such as 2ms`,
		"handler: [{cpu: 2}]\nload: {rate: 1}\n":      `"2" is no time such as 2ms`,
		"handler: {cpu: 2ms}\nload: {rate: 1}\n":      "[1:10] handler is a list, as in [{cpu: 2ms}",
		"handler: [2ms]\n":                            "handler is made of keys with values, such as cpu",
		"load: 3\n":                                   "[1:7] load is made of keys with values, such as arrivals",
		"load: {rate: fast}\n":                        `[1:14] rate: "fast" is no number`,
		"load: {rate: 1e400}\n":                       `rate: "1e400" is no number such as 100 or 0.5`,
		"cores: 1.5\n":                                `[1:8] cores: "1.5" is no whole number`,
		"cores: 99999999999999999999\n":               `cores: "99999999999999999999" is no whole number, or none of this size`,
		"seed: -1\n":                                  `seed: "-1" is no whole number from 0`,
		"system: {gil: yes}\n":                        `gil: "yes" is neither true nor false`,
		"system: {class: [sync]}\n":                   "class is one word",
		"handler: [*nowhere]\nload: {rate: 1}\n":      `could not find alias "nowhere"`,
		"handler: [!!str {cpu: 2ms}]\nload: {a: 1}\n": "[1:16] unexpected scalar value type",

		// Values that mean nothing.
		"handler: [{cpu: -2ms}]\nload: {rate: 1}\n":                                "handler[0].cpu is -2ms: want more than 0",
		"handler: [{wait: 2000h}]\nload: {rate: 1}\n":                              "handler[0].wait is 2000h0m0s: want more than 0, up to 1h0m0s",
		"handler: [{cpu: 0s}]\nload: {rate: 1}\n":                                  "handler[0] demands nothing",
		"handler: [{}]\nload: {rate: 1}\n":                                         "handler[0] demands nothing",
		"handler: [{cpu: 2ms, wait: 3ms}]\nload: {rate: 1}\n":                      "either {cpu: TIME} or {wait: TIME}",
		"load: {rate: 1}\n":                                                        "handler: [{cpu: 2ms}",
		"handler: [{cpu: 2ms}]\n":                                                  "load.rate is 0",
		"handler: [{cpu: 2ms}]\nload: {arrivals: closed}\n":                        "load.clients is 0",
		"handler: [{cpu: 2ms}]\nload: {arrivals: often, rate: 1}\n":                `load.arrivals "often"`,
		good + "system: {class: fast}\n":                                           "want one of [sync gthread",
		good + "system: {class: gthred}\n":                                         `system.class "gthred": did you mean gthread? want one of`,
		good + "system: {workers: 0}\n":                                            "system.workers is 0: want from 1 to 1000",
		good + "system: {workers: 1000000}\n":                                      "system.workers is 1000000: want from 1 to 1000",
		good + "system: {threads: 4}\n":                                            "class sync has no threads",
		good + "system: {class: gthread, threads: 2000}\n":                         "raise worker_connections",
		good + "system: {class: gthread, workers: 500, threads: 500}\n":            "500 workers of 500 threads: want at most 10000",
		good + "system: {class: gevent, workers: 2, worker_connections: 600000}\n": "2 workers of 600000 connections: want at most 1000000",
		"handler: [{cpu: 2ms, dist: normal}]\nload: {rate: 1}\n":                   `dist "normal"`,
		"handler: [{cpu: 2ms, dist: lognormal}]\nload: {rate: 1}\n":                "cv is 0",
		"handler: [{cpu: 2ms}]\nload: {rate: 1, clients: 3}\n":                     "an open loop has a rate",
		"mix: [{weight: 0, handler: [{cpu: 1ms}]}]\nload: {rate: 1}\n":             "mix[0].weight is 0",
		"mix: [{weight: .inf, handler: [{cpu: 1ms}]}]\nload: {rate: 1}\n":          "mix[0].weight is +Inf",
		"handler: [{cpu: 2ms}]\nload: {rate: 1, duration: 0s}\n":                   "load.duration is 0s",
		good + "scheduler: fair\n":                                                 `scheduler "fair": want kernel or ideal`,
		good + "system: {bias: -1}\n":                                              "system.bias is -1",
		good + "system: {backlog: 0}\n":                                            "backlog is 0",
		good + "cores: 0\n":                                                        "cores is 0",
		"handler: [{cpu: 2ms}]\nload: {rate: .nan}\n":                              "load.rate is NaN",
		"handler: [{cpu: 2ms}]\nload: {rate: -.inf}\n":                             "load.rate is -Inf",
		"handler: [{cpu: 2ms}]\nload: {rate: .inf}\n":                              "load.rate is +Inf: an open loop wants requests/s, more than 0 and up to 1000000",
		good + "system: {keepalive: -1s}\n":                                        "system.keepalive is -1s",
	} {
		if _, err := Parse(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80q:\n%.500v\nwant it to say %q", text, err, want)
		}
	}
}

// What YAML offers beside plain keys and values is taken.
func TestYAML(t *testing.T) {
	for _, text := range []string{
		"handler: [&step {cpu: 2ms}, *step, {cpu: 2ms}]\nload: &load {rate: 100}\n",
		"mix:\n  - weight: 1\n    handler:\n      - cpu: 2ms\n      - {<<: {cpu: 2ms}}\n      - cpu: \"2ms\"\nload:\n  rate: 100.0\n  think:\n",
		"%YAML 1.2\n---\nhandler: [{cpu: 6ms}] # in all\nload: {rate: 1_00}\n...\n",
	} {
		s := read(t, text)
		if work, _ := s.Load.Mix[0].Do.Moments(); work.Duration() != 6*time.Millisecond || s.Load.Rate != 100 {
			t.Errorf("%q: %+v", text, s)
		}
	}
}

// A scenario that is taken can be predicted, and its demands can be drawn.
func FuzzParse(f *testing.F) {
	f.Add(example)
	f.Add("mix: [{weight: 1, handler: [{cpu: 1ms, dist: lognormal, cv: 2}]}]\nload: {arrivals: closed, clients: 3, think: 1s}\n")
	f.Add("system: {class: gevent, workers: 3, worker_connections: 9}\nhandler: [&a {wait: 1s, dist: exp}, *a]\nload:\n  rate: .5\n")
	f.Add("system: {class: tornado}\nhandler:\n- cpu: 1h\n- {<<: {wait: 1ns}}\nload: {arrivals: constant, rate: 1e6}\n---\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse(strings.NewReader(text))
		if err != nil {
			if !utf8.ValidString(err.Error()) {
				t.Errorf("%q is told by %q", text, err)
			}
			return
		}
		p := s.Predict()
		if !(p.Throughput > 0) || math.IsInf(p.Throughput, 1) || (p.Declined == "") != (p.Response >= 0) || !(s.Requests() > 0) {
			t.Errorf("%q predicts %+v for %g requests", text, p, s.Requests())
		}
		_, load := s.Simulation()
		for _, step := range load.Demands(0, rand.New(rand.NewPCG(1, 1))) {
			if step.For < 0 {
				t.Errorf("%q demands %v", text, step.For)
			}
		}
	})
}

// What is left out is as on a real machine; what is switched off is off.
func TestDefaultsAndWhatIsSwitchedOff(t *testing.T) {
	usual := read(t, "system: {class: gthread, workers: 4, threads: 2}\ncores: 2\nhandler: [{cpu: 2ms}]\nload: {rate: 1}\n")
	c, l := usual.Simulation()
	if c.Scheduler == nil || c.Bias != sim.Bias(4, 2).Estimate || c.KeepAlive != 2*time.Second || c.Timeout != 30*time.Second || l.Patience != 30*time.Second {
		t.Errorf("by default: %+v, patience %v", c, l.Patience)
	}
	bare := read(t, "system: {class: gthread, workers: 4, threads: 2, bias: 0, keepalive: 0s, timeout: 0s}\nscheduler: ideal\n"+
		"handler: [{cpu: 2ms}]\nload: {rate: 1, patience: 0s}\n")
	c, l = bare.Simulation()
	if c.Scheduler != nil || c.Bias != 0 || c.KeepAlive != 0 || c.Timeout != 0 || l.Patience != 0 {
		t.Errorf("switched off: %+v, patience %v", c, l.Patience)
	}
}
