package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/catalog"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/host"
)

// An Order is what a run is to be. What is not given is usual, or where a run goes on as it was.
type Order struct {
	Profile string   // a profile's name
	Claims  []string // by ID; none: all
	Systems []string // what they are put to, by name; none: our own
	Origins []string // what the runs come from; none: they are measured
	Seed    uint64   // of the runs' order; 0: drawn
	Out     string   // folder of the run; "": one by the time
	Resume  string   // folder of a run that goes on; "": it is a new one
	Command []string // as typed, program first
}

// A Run is one session of a run: some claims on some systems, with the records of earlier sessions.
type Run struct {
	began   time.Time
	dir     string
	resumed bool
	command []string

	profile trial.Profile
	chosen  []experiments.Experiment // claims
	systems LineUp
	put     []experiments.Experiment // claims on systems
	origins []string                 // of the run's records
	added   []string                 // of them, those that a run which goes on was begun without
	seed    uint64
	plan    trial.Plan

	manifest results.Manifest
	skipped  []string      // what is not put to the test, and why
	warnings []string      // of the records of earlier sessions
	earlier  results.Table // these
	store    *results.Store
}

// A MistakeError says that what was ordered cannot be.
type MistakeError struct{ Err error }

// Error implements error.
func (e *MistakeError) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong.
func (e *MistakeError) Unwrap() error { return e.Err }

func mistake(err error) error { return &MistakeError{err} }

// A StoppedError says why a session ended before everything was done. The records so far can be judged.
type StoppedError struct{ Err error }

// Error implements error.
func (e *StoppedError) Error() string { return e.Err.Error() }

// Unwrap returns why.
func (e *StoppedError) Unwrap() error { return e.Err }

// Watch is told where a session stands. Each may be nil.
type Watch struct {
	Measuring func(rig.Progress)    // before every batch
	Doing     func(what string)     // what is being done else
	Say       func(sentence string) // what a person should know
}

func (w Watch) doing(format string, args ...any) {
	if w.Doing != nil {
		w.Doing(fmt.Sprintf(format, args...))
	}
}

func (w Watch) say(sentence string) {
	if w.Say != nil {
		w.Say(sentence)
	}
}

// New is the run that is ordered: a new one, or what is left of one. A *MistakeError says what of the order cannot be.
func New(ctx context.Context, o Order) (*Run, error) {
	r := &Run{began: time.Now(), dir: o.Out, resumed: o.Resume != "", command: o.Command}
	err := r.settle(ctx, o)
	if err != nil {
		return nil, err
	}
	r.plan = experiments.NewPlan(r.put, r.profile, r.seed)
	return r, nil
}

func (r *Run) settle(ctx context.Context, o Order) error {
	if r.resumed {
		return r.resume(ctx, o)
	}
	return r.fresh(ctx, o)
}

// fresh is a new run.
func (r *Run) fresh(ctx context.Context, o Order) (err error) {
	if r.profile, err = ProfileOf(cmp.Or(o.Profile, trial.Quick.String())); err != nil {
		return err
	}
	if r.chosen, err = Choose(o.Claims); err != nil {
		return err
	}
	if r.seed = o.Seed; r.seed == 0 {
		r.seed = 1 + rand.Uint64N(1e6)
	}
	if r.dir == "" {
		r.dir = filepath.Join("results", "runs", r.began.UTC().Format("20060102-150405"))
	}
	systems := given(o.Systems, []string{results.Ours})
	compares := slices.ContainsFunc(r.chosen, func(e experiments.Experiment) bool { return e.Across })
	if o.Claims == nil { // in the quick profile there is no time for them beside the others
		compares = compares && r.profile != trial.Quick && !slices.Equal(systems, []string{results.Ours})
	}
	if err := r.line(ctx, systems, compares); err != nil {
		return err
	}
	if r.origins, err = origined(given(o.Origins, []string{results.Measured})); err != nil {
		return err
	}
	r.manifest = r.today()
	return nil
}

// line lines up the systems, and says what cannot be put to the test.
func (r *Run) line(ctx context.Context, names []string, compares bool) error {
	systems, err := LineUpOf(ctx, names, compares)
	if err != nil {
		return err
	}
	r.systems = systems
	put, skipped := systems.Put(r.chosen)
	if len(put) == 0 {
		return mistake(fmt.Errorf("nothing to put to the test: %s", strings.Join(skipped, "; ")))
	}
	r.put, r.skipped = put, skipped
	return nil
}

// ProfileOf is the profile of a name.
func ProfileOf(name string) (trial.Profile, error) {
	var names []string
	for _, p := range trial.Profiles() {
		if p.String() == name {
			return p, nil
		}
		names = append(names, p.String())
	}
	return 0, mistake(fmt.Errorf("unknown profile %q: want one of %s", name, strings.Join(names, ", ")))
}

// Choose finds experiments by ID; none named means all.
func Choose(ids []string) ([]experiments.Experiment, error) {
	all := catalog.Experiments()
	if len(ids) == 0 {
		return all, nil
	}
	for _, id := range ids {
		if !slices.ContainsFunc(all, func(e experiments.Experiment) bool { return e.ID == id }) {
			return nil, mistake(fmt.Errorf("unknown claim %q: workerlab bench --list names them", id))
		}
	}
	return slices.DeleteFunc(all, func(e experiments.Experiment) bool { return !slices.Contains(ids, e.ID) }), nil
}

// ClaimsOf are the IDs of claims that may each name a system.
func ClaimsOf(names []string) (ids []string) {
	for _, name := range names {
		id, _, _ := strings.Cut(name, "@")
		ids = append(ids, id)
	}
	return ids
}

// today is the manifest of the run as it would be begun now, here.
func (r *Run) today() results.Manifest {
	m := results.Manifest{
		Run: filepath.Base(r.dir), Profile: r.profile.String(), Seed: r.seed,
		Command: r.command, Host: host.Read(),
		Systems: Names(r.systems.Tested), Compared: Names(r.systems.Compared), Versions: r.systems.versions,
		Origins: r.origins,
	}
	for _, e := range r.chosen {
		m.Claims = append(m.Claims, e.ID)
	}
	for _, err := range r.systems.missing {
		m.Warnings = append(m.Warnings, err.Error())
	}
	return m
}

// open opens the run's folder, for this session alone.
func (r *Run) open() (err error) {
	if r.resumed {
		r.store, err = results.Open(r.dir)
	} else {
		r.store, err = results.Create(r.dir)
	}
	if errors.Is(err, fs.ErrExist) {
		return mistake(fmt.Errorf("%s already holds the records of a run: choose another folder, or go on with it (--resume)", r.dir))
	}
	if errors.Is(err, results.ErrLocked) || errors.Is(err, results.ErrPacked) {
		return mistake(err)
	}
	return err
}

// Dir is the run's folder.
func (r *Run) Dir() string { return r.dir }

// Has reports whether a claim is among those of the run, by its name: gil-cpu, gil-cpu@gunicorn.
func (r *Run) Has(name string) bool {
	return slices.ContainsFunc(r.put, func(e experiments.Experiment) bool { return e.Name() == name })
}

// Complete reports whether nothing is left to do of a run that was to go on.
func (r *Run) Complete() bool { return r.manifest.Complete() && len(r.added) == 0 }

// Make makes the records that are to be made. A *StoppedError says that it ended before that: the records so far can
// be judged.
func (r *Run) Make(ctx context.Context, w Watch) error {
	for _, warning := range r.warnings {
		w.say("warning: " + warning)
	}
	if r.manifest.Complete() && !r.measures() {
		return stopped(r.addModels(ctx, w))
	}
	if err := r.open(); err != nil {
		return err
	}
	r.manifest.Origins = r.origins
	r.manifest.Begin(r.began.UTC())
	ended := r.session(ctx, w)
	why := ""
	if ended != nil {
		why = ended.Error()
	}
	r.manifest.End(time.Now().UTC(), why)
	if kept := errors.Join(r.store.WriteManifest(r.manifest), r.store.Close()); kept != nil {
		return errors.Join(ended, kept)
	}
	return stopped(ended)
}

func stopped(err error) error {
	if err == nil {
		return nil
	}
	return &StoppedError{err}
}

// session makes the records. Its error says why it ended before the plan did.
func (r *Run) session(ctx context.Context, w Watch) error {
	if err := r.store.WriteManifest(r.manifest); err != nil { // before the host is kept busy for minutes
		return err
	}
	for _, why := range r.skipped {
		w.say(why)
	}
	return r.carryOut(ctx, w)
}

// measure puts the servers to the test. Its error says why it ended before the plan did.
func (r *Run) measure(ctx context.Context, w Watch) error {
	w.doing("looking at the host, measuring its speed")
	session, err := rig.NewSession(ctx, rig.Needs(r.plan), r.systems.others()...)
	if err != nil {
		return interrupted(ctx, err)
	}
	defer session.Close()
	for _, warning := range r.keepSpeed(session) {
		w.say("warning: " + warning)
	}
	if err := r.store.WriteManifest(r.manifest); err != nil {
		return err
	}
	err = session.Run(ctx, r.runner(w))
	if fuseErr := (*rig.FuseError)(nil); errors.As(err, &fuseErr) {
		fuseErr.Budget = r.fuse() // the whole session's, of which measuring had a part
	}
	return interrupted(ctx, err)
}

// fuse is how long this session may take.
func (r *Run) fuse() time.Duration {
	return fuse(r.profile, len(r.systems.Tested), r.plan.Estimate())
}

func (r *Run) runner(w Watch) rig.Runner {
	of := rig.Runner{
		Plan: r.plan, Seed: r.seed, Run: r.manifest.Run,
		Budget:  r.fuse() - time.Since(r.began) - reporting,
		Tries:   r.tries(),
		Earlier: r.earlier, Added: r.manifest.Added,
		Record: r.store.Append, Progress: w.Measuring,
	}
	of.Extend = func(added results.Added) error {
		r.manifest.Added = append(r.manifest.Added, added)
		return r.store.WriteManifest(r.manifest)
	}
	if r.profile != trial.Smoke {
		of.Interim = experiments.Interim{Chosen: r.put, Profile: r.profile, Seed: r.seed}
	}
	return of
}

// tries is how often a run is tried at most. The smoke profile decides nothing, so that nothing is
// worth repeating.
func (r *Run) tries() int {
	return trial.Pick(r.profile, 1, rig.Tries, rig.Tries, rig.Tries)
}

// fuse is how long a session may take, all in all: for each system ten minutes less a margin, an hour, or
// half as much again as the plan. The smoke profile's is only there to end.
func fuse(p trial.Profile, systems int, plan time.Duration) time.Duration {
	n := time.Duration(max(1, systems))
	return trial.Pick(p, n*5*time.Minute, n*580*time.Second, n*time.Hour, plan*3/2)
}

// reporting is what is kept of it for judging and drawing.
const reporting = 10 * time.Second

// interrupted names the cause of an end by Ctrl-C, and passes other errors on.
func interrupted(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errors.New("interrupted")
	}
	return err
}
