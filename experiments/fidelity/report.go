package fidelity

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/host"
)

// The files of a report's folder.
const (
	JSONFile     = "fidelity.json"
	MarkdownFile = "fidelity.md"
)

// A Report is what is known of the fidelity. Each part tells when and where it was measured: one may be
// younger than the other.
type Report struct {
	Schema    int      `json:"schema"`
	Shape     *Shape   `json:"shape,omitempty"`
	Behaviour *Behaved `json:"behaviour,omitempty"`
}

// Behaved is how the behaviours of both servers compare.
type Behaved struct {
	Origin
	Rows []Row `json:"rows"`
}

// An Origin says how a part can be obtained again.
type Origin struct {
	Started  time.Time         `json:"started"`
	Seconds  float64           `json:"seconds"` // that it took
	Seed     uint64            `json:"seed,omitempty"`
	Host     host.Host         `json:"host"`
	Versions map[string]string `json:"versions"` // of both softwares
	Warnings []string          `json:"warnings,omitempty"`
}

// Since is the origin of what was begun then and has just ended.
func (o Origin) Since(began time.Time, seed uint64) Origin {
	o.Started, o.Seconds, o.Seed = began.UTC().Truncate(time.Second), math.Round(time.Since(began).Seconds()), seed
	return o
}

// Read reads the report in a folder; it is empty where there is none.
func Read(dir string) (Report, error) {
	report := Report{Schema: results.Schema}
	data, err := os.ReadFile(filepath.Join(dir, JSONFile))
	if errors.Is(err, fs.ErrNotExist) {
		return report, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &report)
	}
	if err != nil {
		return report, fmt.Errorf("read the report in %s: %w", dir, err)
	}
	return report, nil
}

// Store writes the report into a folder, each file as a whole or not at all.
func (r Report) Store(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the report's folder: %w", err)
	}
	return errors.Join(
		results.WriteFile(filepath.Join(dir, JSONFile), r.WriteJSON),
		results.WriteFile(filepath.Join(dir, MarkdownFile), r.WriteMarkdown),
	)
}

// WriteJSON writes the report for programs.
func (r Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// Unexplained are the rows in which the servers differ and nobody knows why.
func (r Report) Unexplained() (rows []Row) {
	if r.Behaviour == nil {
		return nil
	}
	for _, row := range r.Behaviour.Rows {
		if row.Unexplained() {
			rows = append(rows, row)
		}
	}
	return rows
}
