package results

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestStore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "results", "run")
	s := create(t, dir)
	appendN(t, s, 3)
	if _, err := Create(dir); !errors.Is(err, fs.ErrExist) {
		t.Errorf("creating over records: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	appendN(t, s, 2)
	table, err := s.Load()
	if err != nil || len(table) != 5 {
		t.Fatalf("%d records, %v", len(table), err)
	}
	if table[4].Schema != Schema || table[4].Duration != sample().Duration {
		t.Errorf("got %+v", table[4])
	}
}

// Two that add records to one run would tear each other's lines, and what looks like a line cut short is
// one that the other is writing.
func TestStoreIsLocked(t *testing.T) {
	dir := t.TempDir()
	first := create(t, dir)
	appendN(t, first, 1)
	if _, err := first.file.Write([]byte(`{"half`)); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(first.path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); !errors.Is(err, ErrLocked) {
		t.Errorf("opened twice: %v", err)
	}
	if err := WriteVerdicts(dir, nil); err != nil {
		t.Error(err)
	}
	if after, err := os.ReadFile(first.path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the other's records are %d bytes now, not %d: %v", len(after), len(before), err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := Open(dir)
	if err != nil {
		t.Fatalf("after the first was closed: %v", err)
	}
	second.Close()
}

func TestFileSystemsWithoutLocks(t *testing.T) {
	for err, want := range map[error]bool{
		syscall.ENOTSUP: true, syscall.ENOLCK: true, syscall.ENOSYS: true,
		syscall.EWOULDBLOCK: false, syscall.EBADF: false, syscall.EINTR: false,
	} {
		if got := lockless(err); got != want {
			t.Errorf("%v: %v", err, got)
		}
	}
}

// A record that cannot be stored leaves no trace.
func TestStoreRefuses(t *testing.T) {
	s := create(t, t.TempDir())
	defer s.Close()
	appendN(t, s, 1)
	if err := s.Append(Record{Trial: "k"}); err == nil || !strings.Contains(err.Error(), "trial k") {
		t.Errorf("an unfit record: %v", err)
	}
	if table, err := s.Load(); err != nil || len(table) != 1 {
		t.Errorf("%d records, %v", len(table), err)
	}
}

func TestOpenCutsPartialLine(t *testing.T) {
	dir := t.TempDir()
	s := create(t, dir)
	appendN(t, s, 2)
	path := s.path
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(data, data[:100]...), 0o600); err != nil {
		t.Fatal(err)
	}

	table, err := Load(dir)
	var bad *LineError
	if len(table) != 2 || !errors.As(err, &bad) || bad.Line != 3 || !errors.Is(err, ErrTruncated) || !strings.Contains(err.Error(), path) {
		t.Errorf("loading: %d records, %v", len(table), err)
	}
	s, err = Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	appendN(t, s, 1)
	if table, err := s.Load(); err != nil || len(table) != 3 {
		t.Errorf("after opening: %d records, %v", len(table), err)
	}
}

// fullDisk takes room bytes and then fails in the middle of a write, as a file system does.
type fullDisk struct {
	*os.File
	room    int
	noUndo  bool
	badSync bool
}

func (d *fullDisk) Write(p []byte) (int, error) {
	if len(p) <= d.room {
		d.room -= len(p)
		return d.File.Write(p)
	}
	n, err := d.File.Write(p[:d.room])
	d.room = 0
	return n, errors.Join(err, &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC})
}

func (d *fullDisk) Sync() error {
	if d.badSync {
		return syscall.EIO
	}
	return d.File.Sync()
}

func (d *fullDisk) Truncate(size int64) error {
	if d.noUndo {
		return syscall.EIO
	}
	return d.File.Truncate(size)
}

func TestStoreFullDisk(t *testing.T) {
	s := create(t, t.TempDir())
	defer s.Close()
	appendN(t, s, 2)
	disk := &fullDisk{File: s.file.(*os.File), room: 50}
	s.file = disk
	err := s.Append(nth(s.ledger.next))
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), s.path) {
		t.Errorf("on a full disk: %v", err)
	}
	if table, err := s.Load(); err != nil || len(table) != 2 {
		t.Errorf("after it: %d records, %v", len(table), err)
	}
	disk.room = 1 << 20 // somebody made room
	appendN(t, s, 1)
	disk.badSync = true
	if err := s.Append(nth(s.ledger.next)); !errors.Is(err, syscall.EIO) {
		t.Errorf("a record that may not be on the disk: %v", err)
	}
	if table, err := s.Load(); err != nil || len(table) != 3 {
		t.Errorf("at the end: %d records, %v", len(table), err)
	}
}

// If the partial line cannot be taken back, nothing may follow it.
func TestStoreBroken(t *testing.T) {
	s := create(t, t.TempDir())
	defer s.Close()
	appendN(t, s, 2)
	disk := &fullDisk{File: s.file.(*os.File), room: 50, noUndo: true}
	s.file = disk
	first := s.Append(nth(s.ledger.next))
	disk.room = 1 << 20
	if second := s.Append(nth(s.ledger.next)); first == nil || !errors.Is(second, syscall.ENOSPC) {
		t.Errorf("first %v, second %v", first, second)
	}
	if table, err := s.Load(); len(table) != 2 || !errors.Is(err, ErrTruncated) {
		t.Errorf("%d records, %v", len(table), err)
	}
}

func TestWriteFile(t *testing.T) {
	s := create(t, t.TempDir())
	defer s.Close()
	path := filepath.Join(s.Dir(), "report.md")
	write := func(text string, err error) error {
		return s.WriteFile("report.md", func(w io.Writer) error {
			_, e := io.WriteString(w, text)
			return errors.Join(e, err)
		})
	}
	if err := write("old", nil); err != nil {
		t.Fatal(err)
	}
	if err := write("new but bro", io.ErrUnexpectedEOF); !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), path) {
		t.Errorf("a failing writer: %v", err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "old" {
		t.Errorf("%q, %v", data, err)
	}
	if names, err := filepath.Glob(filepath.Join(s.Dir(), ".*")); err != nil || len(names) != 0 {
		t.Errorf("left behind: %v, %v", names, err)
	}
	if err := s.WriteFile("none/report.md", func(io.Writer) error { return nil }); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}

func TestManifest(t *testing.T) {
	t.Setenv("HOME", "/home/someone")
	s := create(t, t.TempDir())
	defer s.Close()
	want := Manifest{Run: "r", Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Seed: 7, Command: []string{"/home/someone/bin/workerlab", "bench", "--out=/home/someone/r"}}
	if err := s.WriteManifest(want); err != nil {
		t.Fatal(err)
	}
	if err := WriteVerdicts(s.Dir(), []Verdict{{ID: "x"}}); err != nil {
		t.Fatal(err)
	}
	got, err := ReadManifest(s.Dir())
	if err != nil || got.Run != "r" || got.Seed != 7 || !got.Started.Equal(want.Started) || got.Schema != Schema {
		t.Errorf("got %+v, %v", got, err)
	}
	if command := strings.Join(got.Command, " "); command != "workerlab bench --out=~/r" {
		t.Errorf("command %q", command)
	}
	data, err := os.ReadFile(filepath.Join(s.Dir(), ManifestFile))
	if err != nil || bytes.Contains(data, []byte("finished")) || bytes.Contains(data, []byte("someone")) {
		t.Errorf("%s, %v", data, err)
	}
	if _, err := ReadManifest(t.TempDir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no manifest: %v", err)
	}
}

func TestRead(t *testing.T) {
	first, second, third := unsealed(t, nth(0)), unsealed(t, nth(1)), unsealed(t, nth(2))
	for _, test := range []struct {
		name, text string
		records    int
		line       int    // of the error; 0: none
		want       string // in it
	}{
		{"nothing", "", 0, 0, ""},
		{"two", first + "\n" + second + "\n", 2, 0, ""},
		{"carriage returns", first + "\r\n" + second + "\r\n", 2, 0, ""},
		{"no last newline", first + "\n" + second, 1, 2, "cut short"},
		{"corrupt", first + "\n" + second[:50] + "\n" + third + "\n", 2, 2, "unexpected end"},
		{"empty line", first + "\n\n", 1, 2, "empty"},
		{"next schema", strings.Replace(first, `"schema":1`, `"schema":3`, 1) + "\n", 0, 1, "schema 3: this program reads 1 to 2"},
		{"no schema", "{}\n", 0, 1, "schema 0"},
		{"unfit", strings.Replace(first, `"trial":"`+sample().Trial, `"trial":"`, 1) + "\n", 0, 1, "trial"},
		{"another trial's key", strings.Replace(first, `"threads":4`, `"threads":5`, 1) + "\n", 0, 1, "class=gthread gil=true threads=5"},
		{"cell of lists", strings.Replace(first, `"threads":4`, `"threads":[4]`, 1) + "\n", 0, 1, "threads"},
		{"bad histogram", strings.Replace(first, `"service":"`, `"service":"!`, 1) + "\n", 0, 1, "histogram"},
		{"duration", strings.Replace(first, `"duration_seconds":0.800000001`, `"duration_seconds":1e30`, 1) + "\n", 0, 1, "range"},
		{"unknown field", strings.Replace(first, `"run":`, `"later":1,"run":`, 1) + "\n", 1, 0, ""},
	} {
		table, err := Read(strings.NewReader(test.text))
		var bad *LineError
		switch {
		case len(table) != test.records:
			t.Errorf("%s: %d records, want %d (%v)", test.name, len(table), test.records, err)
		case test.line == 0 && err != nil:
			t.Errorf("%s: %v", test.name, err)
		case test.line > 0 && (!errors.As(err, &bad) || bad.Line != test.line || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: %v, want line %d: %s", test.name, err, test.line, test.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	first, second := nth(0), nth(1)
	first.Service, second.Service = nil, nil // FuzzHistogram has those
	var file bytes.Buffer
	if err := Write(&file, Table{first, second}); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Add([]byte(unsealed(f, first) + "\n" + unsealed(f, second) + "\n"))
	f.Add(bytes.Repeat(file.Bytes(), 2))
	f.Add([]byte("{}\n"))
	f.Add([]byte(`{"schema":1,"trial":"a","origin":"measured","cell":{"a":null}}` + "\n"))
	f.Add([]byte(`{"schema":1,"trial":"a=1","origin":"measured","cell":{"a":1}}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := Read(bytes.NewReader(data))
		lines := bytes.Count(data, []byte("\n"))
		if err == nil && len(table) != lines {
			t.Fatalf("%d lines gave %d records and no error", lines, len(table))
		}
		if damage, ok := errors.AsType[*Damage](err); err != nil && (!ok || len(damage.Faults) == 0 || len(table)+damage.Unused < lines) {
			t.Fatalf("%d lines gave %d records: %#v", lines, len(table), err)
		}
		for i := range table {
			survives(t, table[i])
		}
		if err == nil && len(table) > 0 {
			writtenAgain(t, table)
		}
	})
}

// survives makes sure that a record that was read can be stored, and is the same then.
func survives(t *testing.T, r Record) {
	r.Order = 0
	var file bytes.Buffer
	if err := Write(&file, Table{r}); err != nil {
		t.Fatalf("read but not written: %v", err)
	}
	again, err := Read(bytes.NewReader(file.Bytes()))
	if err != nil || len(again) != 1 || !again[0].Cell.Equal(r.Cell) || again[0].Duration != r.Duration {
		t.Fatalf("%s does not survive: %v", &file, err)
	}
}

// writtenAgain makes sure that what passes for a run is one.
func writtenAgain(t *testing.T, table Table) {
	var first, second bytes.Buffer
	if err := Write(&first, table); err != nil {
		t.Fatalf("read without a fault, and not written: %v", err)
	}
	again, err := Read(bytes.NewReader(first.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(&second, again); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Fatalf("written twice it is not the same: %v", err)
	}
}

// nth is the record of that order in a run.
func nth(n int) Record {
	r := sample()
	r.Order, r.Repetition = n, n
	return r
}

// unsealed is a record's line as version 1 wrote it.
func unsealed(t testing.TB, r Record) string {
	t.Helper()
	r.Schema = unsealedSchema
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func create(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func appendN(t *testing.T, s *Store, n int) {
	t.Helper()
	for i := range n {
		if err := s.Append(nth(s.ledger.next)); err != nil {
			t.Fatal(fmt.Errorf("record %d: %w", i, err))
		}
	}
}
