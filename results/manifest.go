package results

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/workerlab/workerlab/results/host"
)

// A Manifest says what a run was and where it ran, so that its figures can be judged and obtained
// again. It holds no host name and no user name.
type Manifest struct {
	Schema   int       `json:"schema"`            // set by Store.WriteManifest, as Records is
	Records  int       `json:"records,omitempty"` // so many there were when it was written; 0: not known
	Run      string    `json:"run"`
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished,omitzero"`
	Profile  string    `json:"profile"` // quick, standard, full
	Seed     uint64    `json:"seed"`
	Command  []string  `json:"command"` // as typed, program first; stored without the way to a home folder
	// Systems are those that every claim was put to, and Compared those that claims compare with each other.
	Systems  []string `json:"systems,omitempty"`
	Compared []string `json:"compared,omitempty"`
	// Origins are those of the records that the run was to have; none: measured alone.
	Origins []string `json:"origins,omitempty"`
	// Claims are those that the run was to judge, by ID.
	Claims []string `json:"claims,omitempty"`

	Host     host.Host         `json:"host"`
	Versions map[string]string `json:"versions,omitempty"` // of every system measured
	// CPURate is the host's calibration: rounds of CPU work a millisecond; 0: not calibrated.
	CPURate float64 `json:"cpu_rounds_per_ms,omitempty"`
	// AppRate is the same of the application that other software than ours hosts.
	AppRate float64 `json:"app_rounds_per_ms,omitempty"`
	// Placement says which cores server and generator had: "server cpu 0, generator cpu 1".
	Placement string `json:"placement,omitempty"`

	// Interrupted says why the run ended before its last cell; "": it did not.
	Interrupted string   `json:"interrupted,omitempty"`
	Warnings    []string `json:"warnings,omitempty"`

	Sessions []Session `json:"sittings,omitempty"` // in order; more than one where the run was resumed
	Added    []Added   `json:"added,omitempty"`    // after the planned blocks, in order
}

// A Session is one of the times at which a run was worked on.
type Session struct {
	Started     time.Time `json:"started"`
	Finished    time.Time `json:"finished,omitzero"` // zero: it runs, or ended without a word
	Interrupted string    `json:"interrupted,omitempty"`
}

// Added are blocks that were added because those before had left a claim undecided.
type Added struct {
	Look   int    `json:"look"`   // as in Record
	Block  int    `json:"block"`  // the repetition that records of the first have, from 0
	Blocks int    `json:"blocks"` // so many
	Claim  string `json:"claim"`  // all its trials ran once more in each
}

// Complete reports whether the run ended by itself, everything carried out.
func (m *Manifest) Complete() bool { return !m.Finished.IsZero() && m.Interrupted == "" }

// Begin begins another session. One before that ended without a word is noted as such.
func (m *Manifest) Begin(at time.Time) {
	if n := len(m.Sessions); n > 0 && m.Sessions[n-1].Finished.IsZero() {
		m.Sessions[n-1].Interrupted = "ended without a word"
	}
	if m.Started.IsZero() {
		m.Started = at
	}
	m.Sessions = append(m.Sessions, Session{Started: at})
	m.Finished, m.Interrupted = time.Time{}, ""
}

// End ends the session, and with it the run unless it was interrupted.
func (m *Manifest) End(at time.Time, interrupted string) {
	m.Finished, m.Interrupted = at, interrupted
	if n := len(m.Sessions); n > 0 {
		m.Sessions[n-1].Finished, m.Sessions[n-1].Interrupted = at, interrupted
	}
}

// WriteManifest replaces the run's manifest as a whole.
func (s *Store) WriteManifest(m Manifest) error {
	m.Command = anonymous(m.Command)
	return writeManifest(s.dir, m, s.ledger.next)
}

func writeManifest(dir string, m Manifest, records int) error {
	m.Schema, m.Records = Schema, records
	return writeJSON(filepath.Join(dir, ManifestFile), m)
}

// WriteVerdicts replaces the verdicts of the run in dir as a whole. It touches no record, so that a run
// under way can be judged too.
func WriteVerdicts(dir string, verdicts []Verdict) error {
	return writeJSON(filepath.Join(dir, VerdictsFile), verdicts)
}

// anonymous drops the folder of the program and writes ~ for the home folder: its name is the user's.
func anonymous(command []string) []string {
	out := slices.Clone(command)
	if len(out) > 0 {
		out[0] = filepath.Base(out[0])
	}
	home, err := os.UserHomeDir()
	if err != nil || len(home) < 2 {
		return out
	}
	for i, arg := range out {
		out[i] = strings.ReplaceAll(arg, home, "~")
	}
	return out
}

func writeJSON(path string, v any) error {
	return WriteFile(path, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(v)
	})
}

// ReadManifest reads the manifest of the run in dir.
func ReadManifest(dir string) (Manifest, error) {
	var m Manifest
	path := filepath.Join(dir, ManifestFile)
	data, err := os.ReadFile(path)
	if err != nil {
		return m, fmt.Errorf("read manifest: %w", err)
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return m, fmt.Errorf("read manifest %s: %w", path, err)
	}
	if err := checkSchema(m.Schema); err != nil {
		return m, fmt.Errorf("read manifest %s: %w", path, err)
	}
	return m, nil
}
