package regress

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// A Load is one run's throughput under so many clients.
type Load struct {
	Block      int     // the repetition it belongs to
	Clients    float64 // at least 1
	Throughput float64 // requests/s, above 0
}

// A USLFit is the universal scalability law fitted to a closed sweep.
type USLFit struct {
	queueing.USL // the point estimates, σ and κ not below 0

	// The parameters with their intervals. Those of σ and κ end at 0.
	LambdaInterval, SigmaInterval, KappaInterval stat.Interval
	// Peak is N* with its interval. It is claimed only where κ's interval excludes 0; else it is
	// unknown (Peak.Known reports false).
	Peak stat.Interval

	Noise    float64  // residual's standard deviation as a share: 0.03 is ±3 %
	Misfit   float64  // the largest distance, as a share, of any N's mean from the law
	Warnings []string // doubts about the law or its range
}

// FitUSL fits log X = log λN − log(1 + σ(N−1) + κN(N−1)) + block + error by least squares
// (Gauss–Newton). On the log scale a run's error is a share of its throughput, whatever N is, and a
// block's luck falls out of σ and κ; λ is that of the average block, its luck not counted. Intervals
// are Student's over the residual (the delta method; for N* on its logarithm).
//
// They come from the fit in which σ and κ may be negative, cut off at 0: an interval of a fit that
// sticks to the boundary would be wrong there. FitUSL needs three different N and fails with a
// *stat.FewError where nothing is left to estimate the residual from.
func FitUSL(loads []Load, confidence float64) (*USLFit, error) {
	if err := checkLoads(loads, confidence); err != nil {
		return nil, err
	}
	free := newUSLSolver(loads)
	if err := free.solve(); err != nil {
		return nil, err
	}
	inverse, err := free.inverse()
	if err != nil {
		return nil, err
	}
	fit := &USLFit{USL: bounded(loads, free)}
	residual := free.rss / float64(free.freedom)
	fit.Noise = math.Expm1(math.Sqrt(residual))
	t := stat.StudentQuantile(float64(free.freedom), confidence)
	half := func(i int) float64 { return t * math.Sqrt(residual*inverse.At(i, i)) }

	fit.LambdaInterval = stat.Interval{
		Estimate: fit.Lambda, Low: free.u.Lambda * math.Exp(-half(0)), High: free.u.Lambda * math.Exp(half(0)), Confidence: confidence,
	}
	fit.SigmaInterval = notNegative(fit.Sigma, free.u.Sigma, half(1), confidence)
	fit.KappaInterval = notNegative(fit.Kappa, free.u.Kappa, half(2), confidence)
	fit.Peak = free.peak(inverse, residual, t, confidence, fit.KappaInterval)
	basis := stat.Basis{Method: stat.Student, Values: len(loads), Blocks: len(free.blocks), Freedom: float64(free.freedom)}
	for _, i := range []*stat.Interval{&fit.LambdaInterval, &fit.SigmaInterval, &fit.KappaInterval, &fit.Peak} {
		i.Basis = basis
	}
	fit.doubt(loads, free)
	return fit, nil
}

func checkLoads(loads []Load, confidence float64) error {
	if err := stat.CheckConfidence(confidence); err != nil {
		return err
	}
	levels := make(map[float64]bool)
	for _, l := range loads {
		if !(l.Clients >= 1) || !stat.Finite(l.Clients) {
			return stat.Domain("%v clients: there is at least one", l.Clients)
		}
		if !(l.Throughput > 0) || !stat.Finite(l.Throughput) {
			return stat.Domain("%v clients, block %d: the throughput %v has no logarithm", l.Clients, l.Block, l.Throughput)
		}
		levels[l.Clients] = true
	}
	if len(levels) < uslParameters {
		return &stat.FewError{
			What: text.Of("%d different numbers of clients do not determine three parameters", len(levels)),
			Hint: "sweep at least three",
		}
	}
	if s := newUSLSolver(loads); s.freedom < 1 {
		return &stat.FewError{What: text.Of("%d runs leave no residual", len(loads)), Hint: "run another block"}
	}
	return nil
}

// bounded is the least-squares estimate with σ and κ not below 0: the free one if it keeps the
// bounds, else the best of those on the boundary.
func bounded(loads []Load, free *uslSolver) queueing.USL {
	best, least := free.u, math.Inf(1)
	if free.u.Sigma >= 0 && free.u.Kappa >= 0 {
		return best
	}
	for _, fixed := range [][]int{{1}, {2}, {1, 2}} {
		s := newUSLSolver(loads, fixed...)
		if s.solve() == nil && s.u.Sigma >= 0 && s.u.Kappa >= 0 && s.rss < least {
			best, least = s.u, s.rss
		}
	}
	return best
}

func notNegative(bounded, free, half, confidence float64) stat.Interval {
	low, high := max(0, free-half), max(0, free+half)
	return stat.Interval{Estimate: min(max(bounded, low), high), Low: low, High: high, Confidence: confidence}
}

// doubt compares every N's mean with the law and the peak with the range.
func (f *USLFit) doubt(loads []Load, s *uslSolver) {
	const tooFar = 0.10
	byClients := make(map[float64][]float64)
	for i, l := range loads {
		rest := s.y.AtVec(i) - s.blockOf(i)
		byClients[l.Clients] = append(byClients[l.Clients], rest-math.Log(f.Throughput(l.Clients)))
	}
	worst, most := 0.0, 1.0
	for n, rests := range byClients {
		most = max(most, n)
		if off := math.Expm1(math.Abs(stat.Average(rests))); off > f.Misfit || off == f.Misfit && n < worst {
			worst, f.Misfit = n, off
		}
	}
	if f.Misfit > tooFar {
		f.warn("the law misses the mean at N = %g by %.0f %%: its parameters describe this sweep poorly", worst, 100*f.Misfit)
	}
	if f.Peak.Known() && f.Peak.Estimate > most {
		f.warn("the peak lies beyond the largest N measured, %g", most)
	}
}

func (f *USLFit) warn(format string, args ...any) {
	f.Warnings = append(f.Warnings, fmt.Sprintf(format, args...))
}

const uslParameters = 3 // log λ, σ, κ

// uslSolver is the nonlinear least-squares problem and where it stands.
type uslSolver struct {
	loads   []Load
	fixed   []int // parameters held at 0
	blocks  []int
	y       *mat.VecDense // log X
	freedom int

	u      queueing.USL
	shifts []float64 // of the blocks but the last; they sum to 0 with it
	rss    float64
}

func newUSLSolver(loads []Load, fixed ...int) *uslSolver {
	s := &uslSolver{loads: loads, fixed: fixed, y: mat.NewVecDense(max(len(loads), 1), nil)}
	for i, l := range loads {
		s.y.SetVec(i, math.Log(l.Throughput))
		if !slices.Contains(s.blocks, l.Block) {
			s.blocks = append(s.blocks, l.Block)
		}
	}
	s.shifts = make([]float64, max(len(s.blocks)-1, 0))
	s.freedom = len(loads) - uslParameters - len(s.shifts)
	return s
}

// solve runs Gauss–Newton from linear scaling under full contention, halving steps that lead uphill
// or out of the domain.
func (s *uslSolver) solve() error {
	const iterations, halvings, still = 200, 40, 1e-13
	s.start()
	s.rss = s.sum(s.u, s.shifts)
	for range iterations {
		step, err := s.step()
		if err != nil {
			return err
		}
		before, moved := s.rss, false
		for scale, k := 1.0, 0; k < halvings; scale, k = scale/2, k+1 {
			u, shifts := s.moved(step, scale)
			if rss := s.sum(u, shifts); rss < s.rss {
				s.u, s.shifts, s.rss, moved = u, shifts, rss, true
				break
			}
		}
		if !moved || before-s.rss <= still*(before+still) {
			return nil
		}
	}
	return stat.Domain("the scalability law's fit does not settle")
}

// start guesses λ from the fewest clients and σ from the most.
func (s *uslSolver) start() {
	few := slices.MinFunc(s.loads, func(a, b Load) int { return cmp.Compare(a.Clients, b.Clients) })
	many := slices.MaxFunc(s.loads, func(a, b Load) int { return cmp.Compare(a.Clients, b.Clients) })
	s.u.Lambda = few.Throughput / few.Clients
	if !slices.Contains(s.fixed, 1) {
		slowdown := many.Clients * s.u.Lambda / many.Throughput
		s.u.Sigma = min(max((slowdown-1)/(many.Clients-1), 0), 1)
	}
}

// sum is the residual sum of squares; infinite outside the domain.
func (s *uslSolver) sum(u queueing.USL, shifts []float64) float64 {
	at := uslSolver{loads: s.loads, blocks: s.blocks, shifts: shifts}
	rss := 0.0
	for i, l := range s.loads {
		if !(u.Slowdown(l.Clients) > 0) {
			return math.Inf(1)
		}
		e := s.y.AtVec(i) - at.blockOf(i) - math.Log(u.Throughput(l.Clients))
		rss += e * e
	}
	return rss
}

// blockOf is the shift of the block of run i.
func (s *uslSolver) blockOf(i int) float64 {
	k := slices.Index(s.blocks, s.loads[i].Block)
	if k < len(s.shifts) {
		return s.shifts[k]
	}
	last := 0.0
	for _, shift := range s.shifts {
		last -= shift
	}
	return last
}

// jacobian has the derivatives of log X, a row for each run.
func (s *uslSolver) jacobian() *mat.Dense {
	j := mat.NewDense(len(s.loads), uslParameters+len(s.shifts), nil)
	for i, l := range s.loads {
		n, slow := l.Clients, s.u.Slowdown(l.Clients)
		j.SetRow(i, append([]float64{1, -(n - 1) / slow, -n * (n - 1) / slow}, make([]float64, len(s.shifts))...))
		for _, p := range s.fixed {
			j.Set(i, p, 0)
		}
		if k := slices.Index(s.blocks, l.Block); k < len(s.shifts) {
			j.Set(i, uslParameters+k, 1)
			continue
		}
		for k := range s.shifts {
			j.Set(i, uslParameters+k, -1)
		}
	}
	return j
}

func (s *uslSolver) step() (*mat.VecDense, error) {
	e := mat.NewVecDense(len(s.loads), nil)
	for i, l := range s.loads {
		e.SetVec(i, s.y.AtVec(i)-s.blockOf(i)-math.Log(s.u.Throughput(l.Clients)))
	}
	j := s.jacobian()
	chol, err := s.cross(j)
	if err != nil {
		return nil, err
	}
	var right, step mat.VecDense
	right.MulVec(j.T(), e)
	if err := chol.SolveVecTo(&step, &right); err != nil {
		return nil, fmt.Errorf("regress: fit the scalability law: %w", err)
	}
	return &step, nil
}

// cross factorises J'J; a fixed parameter's row is that of the identity.
func (s *uslSolver) cross(j *mat.Dense) (*mat.Cholesky, error) {
	var cross mat.SymDense
	cross.SymOuterK(1, j.T())
	for _, p := range s.fixed {
		cross.SetSym(p, p, 1)
	}
	var chol mat.Cholesky
	if !chol.Factorize(&cross) {
		return nil, stat.Domain("the scalability law's parameters cannot be told apart in this sweep")
	}
	return &chol, nil
}

func (s *uslSolver) inverse() (*mat.SymDense, error) {
	chol, err := s.cross(s.jacobian())
	if err != nil {
		return nil, err
	}
	inverse := new(mat.SymDense)
	if err := chol.InverseTo(inverse); err != nil {
		return nil, fmt.Errorf("regress: fit the scalability law: %w", err)
	}
	return inverse, nil
}

func (s *uslSolver) moved(step *mat.VecDense, scale float64) (queueing.USL, []float64) {
	u := queueing.USL{
		Lambda: s.u.Lambda * math.Exp(scale*step.AtVec(0)),
		Sigma:  s.u.Sigma + scale*step.AtVec(1),
		Kappa:  s.u.Kappa + scale*step.AtVec(2),
	}
	shifts := slices.Clone(s.shifts)
	for k := range shifts {
		shifts[k] += scale * step.AtVec(uslParameters+k)
	}
	return u, shifts
}

// peak is N* with the delta method's interval of log N* = (log(1−σ) − log κ)/2.
func (s *uslSolver) peak(inverse *mat.SymDense, residual, t, confidence float64, kappa stat.Interval) stat.Interval {
	if !(kappa.Low > 0) || s.u.Sigma >= 1 {
		return stat.Interval{Estimate: math.NaN(), Low: math.NaN(), High: math.NaN(), Confidence: confidence}
	}
	bySigma, byKappa := -0.5/(1-s.u.Sigma), -0.5/s.u.Kappa
	v := bySigma*bySigma*inverse.At(1, 1) + byKappa*byKappa*inverse.At(2, 2) + 2*bySigma*byKappa*inverse.At(1, 2)
	half, at := t*math.Sqrt(residual*max(v, 0)), s.u.Peak()
	return stat.Interval{Estimate: at, Low: max(1, at*math.Exp(-half)), High: at * math.Exp(half), Confidence: confidence}
}
