package exact

import (
	"math"
	"slices"
	"time"

	"github.com/workerlab/workerlab/models/queueing"
)

const ms = time.Millisecond

// A Queue is a scenario whose mean response is known.
type Queue struct {
	Name     string `json:"queue"`
	Scenario string `json:"scenario"` // as a file has it, without how long it takes
	Source   string `json:"source"`
	// Response is the mean response time in seconds; 0: no formula has it, and it is computed by the recursion of
	// queueing.FirstCome on so many servers.
	Response float64 `json:"-"`
	Servers  int     `json:"-"`
	Requests int     `json:"requests"` // that the suite simulates
}

// Queues are all.
func Queues() []Queue {
	return slices.Concat(inOrder(), ofVariousLaws(), shared(), returning(), recursive())
}

// inOrder are served first come first served, for times that are exponential or always the same.
func inOrder() []Queue {
	return []Queue{
		{
			Name: "M/M/1", Requests: 14e6,
			Scenario: `{handler: [{wait: 10ms, dist: exp}], load: {rate: 70}}`,
			Source:   "1/(μ−λ): Kleinrock, Queueing Systems I, 1975, section 3.2",
			Response: 1 / (100.0 - 70),
		},
		{
			Name: "M/M/4", Requests: 18e6,
			Scenario: `{system: {workers: 4}, handler: [{wait: 10ms, dist: exp}], load: {rate: 320}}`,
			Source:   "Erlang C: Cooper, Introduction to Queueing Theory, 1981, section 3.4",
			Response: queueing.Open{Rate: 320, Service: 10 * ms, Servers: 4}.Response(),
		},
		{
			Name: "4 of M/M/1", Requests: 14e6,
			Scenario: `{system: {class: gthread, workers: 4, bias: 0}, handler: [{wait: 10ms, dist: exp}], load: {rate: 280}}`,
			Source:   "parts of a Poisson process are such processes: Kleinrock, 1975, section 2.4",
			Response: 1 / (100.0 - 70),
		},
		{
			Name: "M/D/1", Requests: 5e6,
			Scenario: `{handler: [{wait: 10ms}], load: {rate: 70}}`,
			Source:   "Pollaczek 1930, Khinchin 1932",
			Response: pollaczekKhinchin(70, 0),
		},
		{
			Name: "M/D/4", Requests: 4e6,
			Scenario: `{system: {workers: 4}, handler: [{wait: 10ms}], load: {rate: 320}}`,
			Source:   "Crommelin, Post Office Electrical Engineers' Journal 25, 1932",
			Response: queueing.General{Rate: 320, Service: 10 * ms, Servers: 4}.Response(),
		},
		{
			Name: "D/M/1", Requests: 6e6,
			Scenario: `{handler: [{wait: 10ms, dist: exp}], load: {arrivals: constant, rate: 70}}`,
			Source:   "σ = exp(−(1−σ)/ρ): Kleinrock, 1975, section 6.4",
			Response: queueing.Paced(70, 10*ms),
		},
	}
}

// ofVariousLaws have one server, which serves in order for times of other laws.
func ofVariousLaws() []Queue {
	return []Queue{
		{
			Name: "M/E2/1", Requests: 6e6,
			Scenario: `{handler: [{cpu: 5ms, dist: exp}, {cpu: 5ms, dist: exp}], load: {rate: 70}}`,
			Source:   "Pollaczek 1930, Khinchin 1932",
			Response: pollaczekKhinchin(70, 0.5),
		},
		{
			Name: "M/G/1, lognormal", Requests: 30e6,
			Scenario: `{handler: [{wait: 10ms, dist: lognormal, cv: 1.5}], load: {rate: 60}}`,
			Source:   "Pollaczek 1930, Khinchin 1932",
			Response: pollaczekKhinchin(60, 1.5*1.5),
		},
		{
			Name: "M/H2/1, a mixture", Requests: 24e6,
			Scenario: `{mix: [{weight: 9, handler: [{wait: 8ms, dist: exp}]}, {weight: 1, handler: [{wait: 28ms, dist: exp}]}], load: {rate: 60}}`,
			Source:   "Pollaczek 1930, Khinchin 1932",
			Response: pollaczekKhinchin(60, 2*(0.9*0.64+0.1*7.84)-1),
		},
		{
			Name: "a loop, M/G/1", Requests: 5e6,
			Scenario: `{system: {class: asyncio}, handler: [{cpu: 10ms}], load: {rate: 70}}`,
			Source:   "Pollaczek 1930, Khinchin 1932",
			Response: pollaczekKhinchin(70, 0),
		},
	}
}

// shared share cores, or an interpreter lock.
func shared() []Queue {
	return []Queue{
		{
			Name: "M/G/1, shared", Requests: 14e6,
			Scenario: `{system: {class: gthread, threads: 500}, scheduler: ideal, handler: [{cpu: 10ms, dist: lognormal, cv: 1.5}], load: {rate: 60}}`,
			Source:   "1/(μ−λ) whatever the law: Kleinrock, Queueing Systems II, 1976, section 4.4",
			Response: 1 / (100.0 - 60),
		},
		{
			Name: "M/M/4, shared", Requests: 18e6,
			Scenario: `{system: {class: gthread, threads: 500}, cores: 4, scheduler: ideal, handler: [{cpu: 10ms, dist: exp}], load: {rate: 320}}`,
			Source:   "Erlang C, since as many jobs are served: Baskett, Chandy, Muntz and Palacios, J. ACM 22(2), 1975",
			Response: queueing.Open{Rate: 320, Service: 10 * ms, Servers: 4}.Response(),
		},
		{
			Name: "M/M/1 at the lock", Requests: 14e6,
			Scenario: `{system: {class: gthread, threads: 500, gil: true}, cores: 4, scheduler: ideal, handler: [{cpu: 20ms, dist: exp}], load: {rate: 35}}`,
			Source:   "1/(μ−λ) in whatever order, since what is left of exponential work is exponential: Kleinrock, 1976, section 3.4",
			Response: 1 / (50.0 - 35),
		},
	}
}

// returning have clients who come back.
func returning() []Queue {
	return []Queue{
		{
			Name: "machine repair, M/M/2//12", Requests: 2e6,
			Scenario: `{system: {workers: 2}, handler: [{wait: 10ms, dist: exp}], load: {arrivals: closed, clients: 12, think: 40ms}}`,
			Source:   "birth and death: Kleinrock, 1975, section 3.8",
			Response: repair(12, 2, 0.010, 0.040),
		},
		{
			Name: "a closed network", Requests: 1e6,
			Scenario: `{system: {class: gthread, threads: 16}, scheduler: ideal, handler: [{cpu: 4ms, dist: exp}, {wait: 20ms}], load: {arrivals: closed, clients: 12, think: 30ms}}`,
			Source:   "mean value analysis: Reiser and Lavenberg, J. ACM 27(2), 1980",
			Response: meanValues(12, 0.004, 0.020, 0.030),
		},
	}
}

// recursive have no formula, but a recursion.
func recursive() []Queue {
	return []Queue{
		{
			Name: "M/G/4, lognormal", Requests: 20e6, Servers: 4,
			Scenario: `{system: {workers: 4}, handler: [{wait: 10ms, dist: lognormal, cv: 1.5}], load: {rate: 280}}`,
			Source:   "the recursion of Kiefer and Wolfowitz, Trans. AMS 78(1), 1955",
		},
		{
			Name: "M/H2/4, a mixture", Requests: 44e6, Servers: 4,
			Scenario: `{system: {workers: 4}, mix: [{weight: 9, handler: [{wait: 6ms, dist: exp}]}, {weight: 1, handler: [{wait: 46ms, dist: exp}]}], load: {rate: 280}}`,
			Source:   "the recursion of Kiefer and Wolfowitz, Trans. AMS 78(1), 1955",
		},
	}
}

// pollaczekKhinchin is the mean response of M/G/1 whose services are 10 ms with that squared coefficient of variation.
func pollaczekKhinchin(rate, squareCV float64) float64 {
	const s = 0.010
	return s + rate*s*s*(1+squareCV)/(2*(1-rate*s))
}

// repair is the mean response of so many repairers to machines that fail a mean think time after each repair: the n
// that have failed are a birth-and-death process.
func repair(machines, repairers int, service, think float64) float64 {
	p, sum, failed, served := 1.0, 1.0, 0.0, 0.0
	for n := 1; n <= machines; n++ {
		busy := math.Min(float64(n), float64(repairers))
		p *= float64(machines-n+1) / think / (busy / service)
		sum, failed, served = sum+p, failed+float64(n)*p, served+busy/service*p
	}
	return failed / sum / (served / sum)
}

// meanValues is the mean response of a closed network of a core and two delays, the second of which is thinking.
func meanValues(clients int, work, wait, think float64) (response float64) {
	queue := 0.0
	for n := 1; n <= clients; n++ {
		residence := work * (1 + queue)
		response = residence + wait
		queue = float64(n) / (response + think) * residence
	}
	return response
}
