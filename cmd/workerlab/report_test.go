package main

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/workerlab/workerlab/results"
)

// workerlab runs the command, and returns its exit code and what it said.
func workerlab(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, nil, &out, &errs)
	return code, out.String(), errs.String()
}

// filesIn are the contents of all files in a folder and below, by their paths in it.
func filesIn(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, nameErr := filepath.Rel(dir, path)
		data, readErr := os.ReadFile(path)
		files[filepath.ToSlash(name)] = string(data)
		return errors.Join(nameErr, readErr)
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// A run whose records are damaged keeps the report that it has, and says which lines it is and what to do.
func TestADamagedRunKeepsItsVerdicts(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "damaged")
	if err := makeRun(dir, 1, 1); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := workerlab(t, "report", dir); code != exitOK {
		t.Fatalf("exit %d: %s", code, errs)
	}
	records := filepath.Join(dir, results.RecordsFile)
	data, err := os.ReadFile(records)
	if err != nil {
		t.Fatal(err)
	}
	lines := slices.Collect(strings.Lines(string(data)))
	for name, c := range map[string]struct {
		lines []string
		want  string
		whole string // records
	}{
		"eight copies":    {slices.Repeat(lines, 8), "line 49: it is a copy of line 1; line 50: it is a copy of line 2; line 51: it is a copy of line 3; and 333 more;", "the 48 records"},
		"a deleted line":  {slices.Delete(slices.Clone(lines), 6, 7), "line 7: number 6 of the run's records is missing before it;", "the 47 records"},
		"a changed digit": {slices.Replace(slices.Clone(lines), 6, 7, strings.Replace(lines[6], `"pss":{"value":1048576`, `"pss":{"value":1048577`, 1)), "line 7: it is not as it was written", "the 47 records"},
		"no end":          {lines[:40], "manifest.json counts 48 records: 8 are missing;", "the 40 records"},
		"of another run":  {append(slices.Clone(lines), strings.Replace(lines[3], `"run":"damaged"`, `"run":"elsewhere"`, 1)), "line 49: ", "the 48 records"},
	} {
		if err := os.WriteFile(records, []byte(strings.Join(c.lines, "")), 0o600); err != nil {
			t.Fatal(err)
		}
		before := filesIn(t, dir)
		code, _, errs := workerlab(t, "report", dir)
		if code == exitOK || !strings.Contains(errs, records+": line ") || !strings.Contains(errs, c.want) || !strings.Contains(errs, "workerlab report --damaged --out FOLDER "+dir) {
			t.Errorf("%s: exit %d: %s", name, code, errs)
		}
		out := filepath.Join(t.TempDir(), "report")
		code, _, errs = workerlab(t, "report", "--damaged", "--out", out, dir)
		if code != exitOK || !strings.Contains(errs, "warning: ") || !strings.Contains(errs, c.whole) {
			t.Errorf("%s, what is whole: exit %d: %s", name, code, errs)
		}
		if report := filesIn(t, out)["report.md"]; !strings.Contains(report, c.whole+" that are whole were judged") {
			t.Errorf("%s: the report does not say so", name)
		}
		if after := filesIn(t, dir); !maps.Equal(before, after) {
			t.Errorf("%s: the run's folder is not as it was", name)
		}
	}
	if code, _, errs := workerlab(t, "report", "--damaged", dir); code != exitOK {
		t.Errorf("where it was asked for: exit %d: %s", code, errs)
	}
}

// The report is written where it is asked for, the same as in the run's folder but for the way back to its records.
func TestReportElsewhere(t *testing.T) {
	parent := t.TempDir()
	dir, other, out := filepath.Join(parent, "a"), filepath.Join(parent, "b"), filepath.Join(parent, "deep", "er")
	if err := errors.Join(makeRun(dir, 1, 1), makeRun(other, 1, 2)); err != nil {
		t.Fatal(err)
	}
	before := filesIn(t, dir)
	if code, stdout, errs := workerlab(t, "report", "--out", out, dir); code != exitOK || !strings.Contains(stdout, "Report: "+filepath.Join(out, "report.html")) {
		t.Fatalf("exit %d: %s", code, errs)
	}
	if !maps.Equal(filesIn(t, dir), before) {
		t.Error("the run's folder is not as it was")
	}
	if code, _, errs := workerlab(t, "report", "--out", dir+"/../a", dir); code != exitOK {
		t.Fatalf("its own folder: exit %d: %s", code, errs)
	}
	there, here := filesIn(t, out), filesIn(t, dir)
	for name, text := range there {
		if name == "report.html" && !strings.Contains(text, `href="../../a/records.jsonl"`) {
			t.Error("no way back to the records")
		} else if name != "report.html" && text != here[name] {
			t.Errorf("%s differs", name)
		}
	}
	if len(there) < 4 {
		t.Errorf("only %q were written", slices.Sorted(maps.Keys(there)))
	}
	if code, _, errs := workerlab(t, "report", "--out", other, dir); code != exitUsage || !strings.Contains(errs, other+" is the folder of another run") {
		t.Errorf("over another run: exit %d: %s", code, errs)
	}
}
