package results

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// written are the lines of a run of n records, newlines included.
func written(t testing.TB, n int, change func(*Record)) [][]byte {
	t.Helper()
	var table Table
	for i := range n {
		r := nth(i)
		r.Service = nil // histograms are long, and of letters as the rest
		r.Set("pss", float64(1000+i), "bytes")
		if change != nil {
			change(&r)
		}
		table = append(table, r)
	}
	var file bytes.Buffer
	if err := Write(&file, table); err != nil {
		t.Fatal(err)
	}
	return slices.Collect(bytes.Lines(file.Bytes()))
}

// Whatever happens to a file of records by accident is found, and named with its lines.
func TestDamageIsFound(t *testing.T) {
	lines := written(t, 9, nil)
	other := written(t, 9, func(r *Record) { r.Seed = 1 })
	alien := written(t, 9, func(r *Record) { r.Run = "another" })
	cat := func(parts ...[][]byte) [][]byte { return slices.Concat(parts...) }
	conflicting := nth(9)
	conflicting.Repetition = 3 // of which there is a try 1
	for name, c := range map[string]struct {
		lines [][]byte
		used  int
		want  []string // the faults
	}{
		"whole":             {lines, 9, nil},
		"a copied line":     {cat(lines[:4], lines[1:2], lines[4:]), 9, []string{"line 5: it is a copy of line 2"}},
		"eight copies":      {slices.Repeat(lines, 8), 9, []string{"line 10: it is a copy of line 1", "line 11: it is a copy of line 2", "line 12: it is a copy of line 3", "and 60 more"}},
		"a deleted line":    {cat(lines[:4], lines[5:]), 8, []string{"line 5: number 4 of the run's records is missing before it"}},
		"deleted lines":     {cat(lines[:2], lines[5:]), 6, []string{"line 3: numbers 2 to 4 of the run's records, 3 in all, are missing before it"}},
		"no beginning":      {lines[2:], 7, []string{"line 1: numbers 0 to 1 of the run's records, 2 in all, are missing before it"}},
		"two lines swapped": {cat(lines[:2], lines[3:4], lines[2:3], lines[4:]), 9, []string{"line 3: number 2 of the run's records is missing", "line 4: it is number 2 of the run's records and stands behind number 3"}},
		"another's line":    {cat(lines[:2], other[2:3], lines[3:]), 8, []string{"line 3: it was not written after the line before it: lines of several runs are mixed"}},
		"halves of two":     {cat(lines[:2], other[2:]), 8, []string{"line 3: it was not written after the line before it: lines of several runs are mixed"}},
		"contradicting":     {cat(lines, other[2:3]), 8, []string{"line 10: it contradicts line 3: both are number 2 of the run's records"}},
		"of another run":    {cat(lines, alien[8:]), 9, []string{`line 10: it is of run "another", and the others are of "r1"`}},
		"an edited line":    {cat(lines[:2], [][]byte{bytes.Replace(lines[2], []byte("97.5"), []byte("98.5"), 1)}, lines[3:]), 8, []string{"line 3: it is not as it was written: its checksum is "}},
		"a line cut":        {cat(lines[:2], [][]byte{append(slices.Clone(lines[2][:99]), '\n')}, lines[3:]), 8, []string{"line 3: unexpected end"}},
		"without checksum":  {cat(lines[:2], [][]byte{append(slices.Clone(lines[2][:len(lines[2])-sealLen-1]), '}', '\n')}, lines[3:]), 8, []string{"line 3: it is not as it was written: no checksum"}},
		"an older version":  {cat(lines[:2], [][]byte{[]byte(strings.Replace(string(lines[2]), `"schema":2`, `"schema":1`, 1))}, lines[3:]), 8, []string{"line 3: it is not as it was written: its checksum is "}},
		"the same try":      {cat(lines, [][]byte{[]byte(unsealed(t, conflicting) + "\n")}), 8, []string{"line 10: it contradicts line 4: both are try 1 of repetition 3 of class=gthread gil=true threads=4"}},
	} {
		table, err := Read(bytes.NewReader(bytes.Join(c.lines, nil)))
		if (err == nil) != (len(c.want) == 0) || len(table) != c.used {
			t.Errorf("%s: %d records used, want %d: %v", name, len(table), c.used, err)
		}
		if damage, ok := errors.AsType[*Damage](err); ok && damage.Unused != len(c.lines)-c.used {
			t.Errorf("%s: %d lines unused, want %d", name, damage.Unused, len(c.lines)-c.used)
		}
		for _, want := range c.want {
			if !strings.Contains(fmt.Sprint(err), want) {
				t.Errorf("%s: %v, want %q", name, err, want)
			}
		}
	}
}

// Of a thousand digits, letters and signs that are changed at random none is passed over, and the line is named.
func TestEveryFlipIsFound(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	lines := written(t, 5, nil)
	whole := bytes.Join(lines, nil)
	for range 1000 {
		file := slices.Clone(whole)
		at := random.IntN(len(file))
		line := 1 + bytes.Count(file[:at], []byte{'\n'})
		if digit := file[at]; digit >= '0' && digit <= '9' {
			file[at] = '0' + (digit-'0'+1+byte(random.IntN(9)))%10
		} else {
			file[at] ^= 1 << random.IntN(8)
		}
		table, err := Read(bytes.NewReader(file))
		damage, ok := errors.AsType[*Damage](err)
		if !ok || damage.Faults[0].Line != line {
			t.Fatalf("byte %d of line %d is %q instead of %q: %v", at, line, file[at], whole[at], err)
		}
		if len(table) < 3 { // a newline that is none costs two
			t.Fatalf("byte %d of line %d: %d records are left of 5: %v", at, line, len(table), err)
		}
	}
}

// The manifest counts the records, so that an end that is missing is missed; what a crash left is no damage.
func TestTheEndIsMissed(t *testing.T) {
	dir := t.TempDir()
	s := create(t, dir)
	appendN(t, s, 5)
	if err := s.WriteManifest(Manifest{Run: "r1", Finished: time.Unix(1, 0)}); err != nil {
		t.Fatal(err)
	}
	appendN(t, s, 1) // and was killed
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, RecordsFile)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := slices.Collect(bytes.Lines(data))
	for n, want := range map[int]string{
		6: "", 5: "",
		4: "line 5: the file ends before it, and manifest.json counts 5 records: 1 are missing",
		0: "line 1: the file ends before it, and manifest.json counts 5 records: 5 are missing",
	} {
		for _, rest := range []string{"", `{"schema":2,"ru`} {
			if err := os.WriteFile(path, append(bytes.Join(lines[:n], nil), rest...), 0o600); err != nil {
				t.Fatal(err)
			}
			table, err := Load(dir)
			if len(table) != n || !strings.Contains(fmt.Sprint(err), want) || (err == nil) != (want+rest == "") {
				t.Errorf("%d lines: %d records, %v; want %q", n, len(table), err, want)
			}
			if CutShort(err) != (want == "" && rest != "") {
				t.Errorf("%d lines and %q: cut short is %t: %v", n, rest, CutShort(err), err)
			}
			again, err := Open(dir)
			if (err == nil) != (want == "") {
				t.Errorf("%d lines and %q: opened: %v", n, rest, err)
			}
			if err == nil {
				again.Close()
			}
		}
	}
	if err := os.WriteFile(filepath.Join(dir, ManifestFile), []byte(`{"schema":2,"run":"r2"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, lines[0], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), `line 1: it is of run "r1", and the others are of "r2"`) {
		t.Errorf("records of another run than the manifest: %v", err)
	}
}

// What would have to be refused when it is read is not stored.
func TestStoreRefusesWhatIsNoRun(t *testing.T) {
	s := create(t, t.TempDir())
	defer s.Close()
	appendN(t, s, 3)
	for want, change := range map[string]func(*Record){
		"it contradicts line 2: both are number 1": func(r *Record) { r.Order = 1 },
		"number 3 of the run's records is missing": func(r *Record) { r.Order = 4 },
		"both are try 1 of repetition 2 of class=": func(r *Record) { r.Repetition = 2 },
		`it is of run "another"`:                   func(r *Record) { r.Run = "another" },
		"not the key of its cell, class=sync":      func(r *Record) { r.Cell = Cell{"class": "sync"} },
	} {
		r := nth(3)
		change(&r)
		if err := s.Append(r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	model := nth(3)
	model.Origin, model.Repetition = Simulated, 2
	again := model
	again.Order = 4
	if err := errors.Join(s.Append(model), s.Append(again)); err != nil {
		t.Errorf("a model is not asked again: %v", err)
	}
	if table, err := s.Load(); err != nil || len(table) != 5 {
		t.Errorf("%d records, %v", len(table), err)
	}
}

// A run that goes on goes on with its chain, also one that an earlier version began.
func TestTheChainGoesOn(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, RecordsFile), []byte(unsealed(t, nth(0))+"\n"+unsealed(t, nth(1))+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		appendN(t, s, 2)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, RecordsFile))
	if err != nil {
		t.Fatal(err)
	}
	if table, err := Load(dir); err != nil || len(table) != 6 {
		t.Errorf("%d records, %v", len(table), err)
	}
	edited := bytes.Replace(data, []byte("97.5"), []byte("98.5"), 2) // both of the earlier version
	if _, err := Read(bytes.NewReader(edited)); err == nil || !strings.Contains(err.Error(), "line 3: it was not written after the line before it") {
		t.Errorf("the last line before the chain was edited: %v", err)
	}
}

// FuzzAssembled puts files together from the lines of three runs, two of them of one name, in any order and number:
// what is not the beginning of one run is damaged, and no record is used twice.
func FuzzAssembled(f *testing.F) {
	var runs [3][][]byte
	for i, change := range []func(*Record){nil, func(r *Record) { r.Seed = 1 }, func(r *Record) { r.Run = "another" }} {
		runs[i] = written(f, 5, change)
	}
	all := slices.Concat(runs[:]...)
	f.Add([]byte{0, 1, 2, 3, 4})
	f.Add([]byte{0, 1, 2, 0, 1, 2})
	f.Add([]byte{5, 6, 2, 8, 14})
	f.Fuzz(func(t *testing.T, picks []byte) {
		var lines [][]byte
		for _, pick := range picks[:min(len(picks), 40)] {
			lines = append(lines, all[int(pick)%len(all)])
		}
		table, err := Read(bytes.NewReader(bytes.Join(lines, nil)))
		whole := slices.ContainsFunc(runs[:], func(run [][]byte) bool {
			return len(lines) <= len(run) && slices.EqualFunc(lines, run[:len(lines)], bytes.Equal)
		})
		if whole != (err == nil) || (whole && len(table) != len(lines)) {
			t.Fatalf("%v: %d records, %v", picks, len(table), err)
		}
		orders := make(map[int]bool)
		for _, r := range table {
			if orders[r.Order] {
				t.Fatalf("%v: number %d is used twice", picks, r.Order)
			}
			orders[r.Order] = true
		}
		if damage, ok := errors.AsType[*Damage](err); ok && len(table)+damage.Unused != len(lines) {
			t.Fatalf("%v: %d records and %d unused lines of %d", picks, len(table), damage.Unused, len(lines))
		}
	})
}
