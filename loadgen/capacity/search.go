package capacity

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"time"
)

// A Search is a capacity search made ready. It may be run several times.
type Search struct {
	Prober Prober // required
	SLO    SLO    // required: at least one objective

	Clients     []int         // of the closed sweep; nil: 1, 2, 4 … 64
	Blocks      int           // of the sweep, each with every number of clients; zero: 3
	SweepWindow time.Duration // of a run of the sweep; zero: a third of Window
	Window      time.Duration // of a probe at least, see the package comment; zero: 3 s
	Budget      time.Duration // after which no further run is begun; zero: 3 minutes
	Seed        uint64        // of the order of runs, and of their arrivals

	// Observe, if not nil, is told before every run and once at the end.
	Observe func(Progress)
}

// Progress is where a search stands.
type Progress struct {
	Phase   Phase
	Clients int           // of the sweep's next run
	Rate    float64       // of the next probe
	Runs    int           // so far
	Left    time.Duration // about what the rest will take
	Low     float64       // the highest rate so far that met the SLO; 0: none
	High    float64       // the lowest so far that did not; 0: none
}

// Limit says what ended the search upwards.
type Limit string

// The limits.
const (
	LimitServer    Limit = "server"    // it missed the SLO: the capacity was found
	LimitGenerator Limit = "generator" // more could not be sent: the server can do at least the capacity
	LimitRate      Limit = "rate"      // nobody asks for so much: likewise
	LimitTime      Limit = "time"      // the search was ended while the SLO was still met: likewise
	LimitNone      Limit = "none"      // no rate met the SLO, or none was tried
)

// Method says what the interval is.
type Method string

// The methods.
const (
	ByFit       Method = "fit"       // a confidence interval of 95 %, see the package comment
	ByAgreement Method = "agreement" // the nearest rates on either side at which all probes agree
)

// A Result is what a search found, or had found when it was stopped.
type Result struct {
	Levels []Level `json:"sweep"`
	Probes []Probe `json:"probes"`

	// Found is the highest rate that met the SLO with none below missing it, in requests/s; 0: none.
	Found float64 `json:"found"`
	// Capacity is the estimate from all probes, with its interval from Low to High; see Method. Where
	// Limit is not the server, Capacity is Found, the server can do at least that, and High is 0.
	Capacity float64 `json:"capacity"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
	Method   Method  `json:"method"`
	Limit    Limit   `json:"limit"`

	Confirmed bool     `json:"confirmed"` // 0.9 and 1.0 of what the search found met the SLO again, 1.1 missed it
	Notes     []string `json:"notes"`     // what a reader should know
}

const (
	growth     = 1.5
	resolution = 1.03
	majority   = 2 // of at most
	probes     = 3
	maxRate    = 1e6 // requests/s
	slowAtEdge = 3   // requests beyond the finest quantile that a window should hold
	fewest     = 3   // requests in a window: lower rates are not tried
	stretch    = 3   // at most: how much longer a window is made for that
)

// around are the parts of the capacity found at which it is confirmed.
var around = [...]float64{0.9, 1, 1.1}

// errBudget ends a phase whose next run would not end in time.
var errBudget = errors.New("the time is used up")

// Run searches. Where ctx ends first it returns the result so far together with ctx's error; any
// other error is the prober's.
func (s Search) Run(ctx context.Context) (*Result, error) {
	h := s.begin()
	err := h.phases(ctx)
	if errors.Is(err, errBudget) {
		h.note("the budget of %v was used up before the search was through", h.Budget)
		err = nil
	}
	h.conclude()
	h.tell(Progress{})
	return &h.result, err
}

func (s Search) begin() *hunt {
	if s.Clients == nil {
		s.Clients = []int{1, 2, 4, 8, 16, 32, 64}
	}
	if s.Blocks == 0 {
		s.Blocks = 3
	}
	if s.Window == 0 {
		s.Window = 3 * time.Second
	}
	if s.SweepWindow == 0 {
		s.SweepWindow = s.Window / 3
	}
	if s.Budget == 0 {
		s.Budget = 3 * time.Minute
	}
	return &hunt{Search: s, began: time.Now(), random: rand.New(rand.NewPCG(s.Seed, searchStream))}
}

// searchStream separates the search's random order from other streams started with the same seed.
const searchStream = 0x6361706163697479

// A hunt is a search under way.
type hunt struct {
	Search
	began      time.Time
	random     *rand.Rand
	spent      time.Duration // in probes
	probed     time.Duration // the sum of their windows
	low        float64       // the highest rate so far that met the SLO
	high       float64       // the lowest above it that did not
	confirming int           // probes that confirm, so far
	result     Result
}

func (h *hunt) phases(ctx context.Context) error {
	if err := h.sweep(ctx); err != nil {
		return err
	}
	if err := h.bracket(ctx); err != nil || h.low == 0 {
		return err
	}
	if err := h.bisect(ctx); err != nil {
		return err
	}
	return h.confirm(ctx)
}

// sweep runs every number of clients once in each block, in random order.
func (h *hunt) sweep(ctx context.Context) error {
	for block := range h.Blocks {
		for _, i := range h.random.Perm(len(h.Clients)) {
			n := h.Clients[i]
			h.tell(Progress{Phase: Sweep, Clients: n})
			if h.left() < h.SweepWindow {
				return errBudget
			}
			r, err := h.Prober.Closed(ctx, n, h.SweepWindow)
			if err != nil {
				return err
			}
			h.result.Levels = append(h.result.Levels, newLevel(block, n, r))
		}
	}
	return nil
}

// bracket finds a rate that meets the SLO and one above it that does not. Downwards, where it began
// too high, its steps grow: an SLO out of reach is to be known soon.
func (h *hunt) bracket(ctx context.Context) error {
	start := 0.5 * h.peak()
	rate, down := start, growth
	for rate <= maxRate {
		met, err := h.decide(ctx, rate)
		if err != nil {
			return err
		}
		if met {
			h.low = rate
		} else {
			h.high = rate
		}
		switch {
		case h.low > 0 && h.high > 0:
			return nil
		case met:
			rate *= growth
		case rate/down*h.Window.Seconds() < fewest:
			return nil // no rate worth the name meets it
		default:
			rate, down = rate/down, 2*down
		}
	}
	return nil
}

// peak is the sweep's highest throughput; 10/s where nothing succeeded or nothing was swept.
func (h *hunt) peak() float64 {
	peak := 0.0
	for _, l := range h.result.Levels {
		peak = max(peak, l.Throughput)
	}
	if peak == 0 {
		return 10
	}
	return peak
}

// bisect narrows the bracket, as long as time is left to confirm what it finds.
func (h *hunt) bisect(ctx context.Context) error {
	for h.high > 0 && h.high/h.low > resolution {
		reserve := time.Duration(len(around)*probes) * h.cost(h.low)
		if h.left() < reserve+probes*h.cost(h.low) {
			h.note("time was short: the search stopped with the limit between %.4g and %.4g/s", h.low, h.high)
			return nil
		}
		middle := math.Sqrt(h.low * h.high)
		met, err := h.decide(ctx, middle)
		if err != nil {
			return err
		}
		if met {
			h.low = middle
		} else {
			h.high = middle
		}
	}
	return nil
}

// decide probes a rate until two probes agree.
func (h *hunt) decide(ctx context.Context, rate float64) (met bool, err error) {
	var for_, against int
	for for_ < majority && against < majority {
		p, err := h.probe(ctx, Hunt, rate)
		if err != nil {
			return false, err
		}
		if p.Outcome == Met {
			for_++
		} else {
			against++
		}
	}
	return for_ == majority, nil
}

// confirm probes around the capacity found, each rate three times, all in random order.
func (h *hunt) confirm(ctx context.Context) error {
	var rates []float64
	for _, part := range around {
		for range probes {
			rates = append(rates, part*h.low)
		}
	}
	h.random.Shuffle(len(rates), func(i, j int) { rates[i], rates[j] = rates[j], rates[i] })
	for _, rate := range rates {
		if _, err := h.probe(ctx, Confirm, rate); err != nil {
			return err
		}
		h.confirming++
	}
	return nil
}

// probe runs one open run.
func (h *hunt) probe(ctx context.Context, phase Phase, rate float64) (Probe, error) {
	h.tell(Progress{Phase: phase, Rate: rate})
	if h.left() < h.cost(rate) {
		return Probe{}, errBudget
	}
	seed, window, began := h.random.Uint64(), h.window(rate), time.Now()
	r, err := h.Prober.Open(ctx, rate, window, seed)
	if err != nil {
		return Probe{}, err
	}
	h.spent, h.probed = h.spent+time.Since(began), h.probed+window
	p := h.SLO.judge(r)
	p.Phase, p.Rate, p.Seed = phase, rate, seed
	h.result.Probes = append(h.result.Probes, p)
	return p, nil
}

// window is long enough for a few requests beyond the finest quantile.
func (h *hunt) window(rate float64) time.Duration {
	need := slowAtEdge / h.SLO.finest() / rate * float64(time.Second)
	return time.Duration(min(max(float64(h.Window), need), float64(stretch*h.Window)))
}

// cost is about what a probe takes, given what they took so far beyond their windows.
func (h *hunt) cost(rate float64) time.Duration {
	window := float64(h.window(rate))
	if h.probed == 0 {
		return time.Duration(1.3 * window)
	}
	return time.Duration(window * float64(h.spent) / float64(h.probed))
}

func (h *hunt) left() time.Duration { return h.Budget - time.Since(h.began) }
