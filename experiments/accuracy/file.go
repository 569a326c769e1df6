package accuracy

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/host"
	"github.com/workerlab/workerlab/results/stat"
)

// The files of a folder of results.
const (
	JSONFile     = "accuracy.json"
	MarkdownFile = "accuracy.md"

	version = 2
)

// A File is what is kept of predictions and measurements.
type File struct {
	Version  int       `json:"version"`
	Host     host.Host `json:"host"`
	Kind     Kind      `json:"settings"`
	Rows     []Row     `json:"rows"`
	Subjects []Subject `json:"subjects"`
}

// A Kind are the settings under which results are of one kind.
type Kind struct {
	Cores         int     `json:"cores"`
	Repetitions   int     `json:"repetitions"`
	WindowSeconds float64 `json:"window_seconds"`
	Seed          uint64  `json:"seed"`
}

// Kind is that of the settings.
func (s Settings) Kind() Kind { return Kind{s.Cores, s.Repetitions, s.Window.Seconds(), s.Seed} }

// A KindError says that a folder holds results of other settings.
type KindError struct{ Then, Now Kind }

// Error implements error.
func (e *KindError) Error() string {
	return fmt.Sprintf("holds results of other settings, %+v and not %+v: take another folder", e.Then, e.Now)
}

// Read reads the subjects that a folder holds, of one kind; it is made if there is none. The error is a *KindError
// where they are of another.
func Read(dir string, kind Kind) ([]Subject, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, JSONFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var f File
	err = json.Unmarshal(data, &f)
	switch {
	case err == nil && f.Version != version:
		err = fmt.Errorf("it is of version %d, and this program reads %d", f.Version, version)
	case err == nil && len(f.Subjects) == 0:
		err = errors.New("no deployment's calibrations are in it")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w: take another folder for --out, or remove it", path, err)
	}
	if f.Kind != kind {
		return nil, &KindError{f.Kind, kind}
	}
	return f.Subjects, nil
}

// NewFile are the subjects with what they come to; exact is the engine's own row.
func NewFile(kind Kind, exact Row, all []Subject) File {
	return File{version, host.Read(), kind, append([]Row{exact}, Table(Results(all))...), all}
}

// Store writes the file, and its tables for a person, into a folder.
func (f File) Store(dir string) error {
	return errors.Join(
		results.WriteFile(filepath.Join(dir, MarkdownFile), f.writeMarkdown),
		results.WriteFile(filepath.Join(dir, JSONFile), func(w io.Writer) error { return json.NewEncoder(w).Encode(f) }))
}

// Mark says whether a row reached what was wanted.
func (r Row) Mark() string {
	if r.Met {
		return "met"
	}
	return "missed"
}

// writeMarkdown is the table, and every cell under it.
func (f File) writeMarkdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# How far the predictions are off\n\n`workerlab accuracy`, %s; %d runs of %g s of each cell, seed %d.\n\n",
		f.Host, f.Kind.Repetitions, f.Kind.WindowSeconds, f.Kind.Seed)
	b.WriteString("| what | cells | reached | wanted | |\n|---|---|---|---|---|\n")
	for _, r := range f.Rows {
		mark := r.Mark()
		if !r.Met {
			mark = "**" + mark + "**"
		}
		fmt.Fprintf(&b, "| %s | %d | %s | %s | %s |\n", r.What, r.Cells, r.Reached, r.Goal, mark)
	}
	b.WriteString("\nPredicted, for the pace that the machine had meanwhile, with the interval that is to hold a run nine times out of ten; and measured in the mean.\n")
	b.WriteString("\n| deployment | handler | cell | requests/s | measured | p50 | measured | p99 | measured | memory | measured |\n|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range Results(f.Subjects) {
		p, m := r.Predicted, r.Mean()
		fmt.Fprintf(&b, "| %s | %s | %v | %.4g (%.4g–%.4g) | %.4g | %s | %.3g ms | %s | %.3g ms | %.3g MiB | %.3g MiB |\n",
			r.Deployment, r.Handler, r.Cell, p.Throughput.Estimate, p.Throughput.Low, p.Throughput.High, m.Throughput,
			ranged(p.P50), 1e3*m.P50.Seconds(), ranged(p.P99), 1e3*m.P99.Seconds(), p.Memory/(1<<20), float64(m.PSS)/(1<<20))
	}
	for _, x := range f.Subjects {
		if len(x.Missing) > 0 {
			fmt.Fprintf(&b, "\nOf %s, %s, these runs do not count, and their cells are left out: %s.\n", x.Deployment, x.Handler, strings.Join(x.Missing, "; "))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// ranged is a time with the bounds that hold a run nine times out of ten.
func ranged(r stat.Interval) string {
	return stat.FormatInterval(stat.Interval{Estimate: r.Estimate, Low: r.Low, High: r.High, Confidence: 0.9}, "seconds")
}
