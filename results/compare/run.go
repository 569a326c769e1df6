package compare

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/workerlab/workerlab/results"
)

// A Run is what is known of one side.
type Run struct {
	Name     string // the path it was loaded from
	Table    results.Table
	Manifest *results.Manifest // nil: there is none
	Verdicts []results.Verdict // nil: there are none
	Doubts   []string          // damage that was passed over
	Warnings []string          // a record that was cut short
}

// ErrNoRun is a path that holds no run.
var ErrNoRun = errors.New("no run is there: give the folder of a run, which holds records.jsonl, or a file of records")

// Load reads a run's folder, or a file of records alone. Of one that is damaged the records are used of which it can
// be said that they are whole, with a doubt.
func Load(path string) (Run, error) {
	run := Run{Name: path}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return run, fmt.Errorf("%s: %w", path, ErrNoRun)
	case err != nil:
		return run, fmt.Errorf("load run: %w", err)
	case info.IsDir():
		err = run.loadFolder(path)
	default:
		err = run.loadFile(path)
	}
	if err != nil {
		return run, err
	}
	if len(run.Table) == 0 {
		return run, fmt.Errorf("%s holds no records: %w", path, ErrNoRun)
	}
	if run.Table = run.Table.Origin(results.Measured); len(run.Table) == 0 {
		return run, fmt.Errorf("%s holds no run that was measured, and only those are compared: %w", path, ErrNoRun)
	}
	return run, nil
}

func (r *Run) loadFolder(dir string) error {
	var err error
	r.Table, err = results.Load(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", dir, ErrNoRun)
	}
	if err := r.passOver(err); err != nil {
		return err
	}
	switch m, err := results.ReadManifest(dir); {
	case err == nil:
		r.Manifest = &m
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return r.loadVerdicts(filepath.Join(dir, results.VerdictsFile))
}

func (r *Run) loadFile(path string) error {
	var err error
	if r.Table, err = results.LoadFile(path); len(r.Table) == 0 && err != nil {
		return fmt.Errorf("%s: %w: %w", path, ErrNoRun, err)
	}
	return r.passOver(err)
}

// passOver turns damage in the records into a doubt, and a last record that was cut short into a warning; other
// errors stay.
func (r *Run) passOver(err error) error {
	if _, ok := errors.AsType[*results.Damage](err); !ok {
		return err
	}
	told := &r.Doubts
	if results.CutShort(err) {
		told = &r.Warnings
	}
	*told = append(*told, fmt.Sprintf("%v; the %d records that are whole are used", err, len(r.Table)))
	return nil
}

func (r *Run) loadVerdicts(path string) error {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("load verdicts: %w", err)
	}
	if err := json.Unmarshal(data, &r.Verdicts); err != nil {
		return fmt.Errorf("load verdicts %s: %w", path, err)
	}
	return nil
}
