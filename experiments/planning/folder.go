package planning

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/host"
)

// A plan's folder holds its runs in folders of their own, by the time at which they were begun.
const (
	runsFolder  = "runs"
	requestFile = "request.json"
	version     = 1 // of a request's file
)

// A Folder is where the records of a plan's runs lie, open for this process alone.
type Folder struct {
	Request Request // what they are of

	dir      string
	store    *results.Store // nil: the records are read, and no run is made
	manifest results.Manifest
	earlier  results.Table
	made     int // records since
}

// stored is a request as it is stored.
type stored struct {
	Version int       `json:"version"`
	Request Request   `json:"request"`
	Host    host.Host `json:"host"`
}

// Create begins the records of a new plan, in a folder under dir.
func Create(dir string, r Request, command []string) (*Folder, error) {
	now := time.Now().UTC()
	at := filepath.Join(dir, runsFolder, now.Format("20060102-150405.000"))
	store, err := results.Create(at)
	if err != nil {
		return nil, err
	}
	f := &Folder{Request: r, dir: at, store: store, manifest: results.Manifest{
		Run: filepath.Base(at), Profile: "plan", Seed: r.Design.Seed, Command: command, Host: host.Read(),
	}}
	f.manifest.Begin(now)
	err = errors.Join(f.keepRequest(), store.WriteManifest(f.manifest))
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return f, nil
}

// keepRequest writes what the records are of.
func (f *Folder) keepRequest() error {
	return f.store.WriteFile(requestFile, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(stored{version, f.Request, f.manifest.Host})
	})
}

// From reads the newest records of a plan, to judge them again: it measures nothing. dir is the plan's folder or that
// of its records.
func From(dir string) (*Folder, error) {
	at, err := newest(dir)
	if err != nil {
		return nil, err
	}
	f := &Folder{dir: at}
	data, err := os.ReadFile(filepath.Join(at, requestFile))
	var s stored
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", filepath.Join(at, requestFile), err)
	}
	if s.Version != version {
		return nil, fmt.Errorf("%s is of version %d, and this program reads %d: make the plan anew", filepath.Join(at, requestFile), s.Version, version)
	}
	f.Request = s.Request
	if f.manifest, err = results.ReadManifest(at); err != nil {
		return nil, err
	}
	f.earlier, err = results.Load(at)
	if errors.Is(err, results.ErrTruncated) {
		err = nil // that run is made again
	}
	return f, err
}

// Resume opens the newest records of a plan, to make the runs that are missing. It refuses to go on on another
// machine, whose runs would not be like the others.
func Resume(dir string) (*Folder, error) {
	f, err := From(dir)
	if err != nil {
		return nil, err
	}
	if changed := f.manifest.Host.Differences(host.Read()); len(changed) > 0 {
		return nil, fmt.Errorf("%s cannot be resumed: %s; begin a new plan", dir, strings.Join(changed, "; "))
	}
	if f.Request.Attach != "" {
		then := f.Request.Design.Only
		if err := f.Request.Settle(); err != nil {
			return nil, err
		}
		if now := f.Request.Design.Only; now != then {
			return nil, fmt.Errorf("%s cannot be resumed: %v ran at %s, and %v runs now; begin a new plan", dir, then, f.Request.Attach, now)
		}
	}
	if f.store, err = results.Open(f.dir); err != nil {
		return nil, err
	}
	f.manifest.Begin(time.Now().UTC())
	return f, f.store.WriteManifest(f.manifest)
}

// newest is the folder of the newest records in that of a plan, or itself where it holds records.
func newest(dir string) (string, error) {
	if _, err := os.Stat(filepath.Join(dir, requestFile)); err == nil {
		return dir, nil
	}
	entries, err := os.ReadDir(filepath.Join(dir, runsFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	for _, e := range slices.Backward(entries) {
		at := filepath.Join(dir, runsFolder, e.Name())
		if _, err := os.Stat(filepath.Join(at, requestFile)); err == nil {
			return at, nil
		}
	}
	return "", fmt.Errorf("%s holds no records of a plan: %w", dir, fs.ErrNotExist)
}

// Runs is how many records there are.
func (f *Folder) Runs() int { return len(f.earlier) + f.made }

// keep stores a record.
func (f *Folder) keep(r results.Record) error {
	f.made++
	return f.store.Append(r)
}

// Remove removes the records of a folder that is closed.
func (f *Folder) Remove() error { return os.RemoveAll(f.dir) }

// measures reports whether runs are made.
func (f *Folder) measures() bool { return f.store != nil }

// Close ends the session, of which stopped says why it did not come to its end; nil: it did.
func (f *Folder) Close(stopped error) error {
	if f.store == nil {
		return nil
	}
	why := ""
	if stopped != nil {
		why = stopped.Error()
	}
	f.manifest.End(time.Now().UTC(), why)
	return errors.Join(f.store.WriteManifest(f.manifest), f.store.Close())
}
