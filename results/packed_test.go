package results

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A packed run reads as it did, with the same bytes every time, and takes no more records.
func TestPack(t *testing.T) {
	dir := t.TempDir()
	s := create(t, dir)
	appendN(t, s, 3)
	if err := s.WriteManifest(Manifest{Run: "r1", Seed: 7}); err != nil {
		t.Fatal(err)
	}
	if err := Pack(dir); !errors.Is(err, ErrLocked) {
		t.Errorf("a run under way: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	var packed []byte
	for range 2 {
		if err := Pack(dir); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, PackedFile))
		if err != nil || (packed != nil && !bytes.Equal(data, packed)) {
			t.Fatalf("%d bytes, %d before: %v", len(data), len(packed), err)
		}
		packed = data
	}
	if _, err := os.Stat(filepath.Join(dir, RecordsFile)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the plain records are still there: %v", err)
	}
	after, err := Load(dir)
	if err != nil || len(after) != 3 || !after[2].Cell.Equal(before[2].Cell) || after[2].Started != before[2].Started {
		t.Errorf("%d records, %v", len(after), err)
	}
	if m, err := ReadManifest(dir); err != nil || m.Records != 3 || m.Seed != 7 {
		t.Errorf("manifest %+v, %v", m, err)
	}
	if alone, err := LoadFile(filepath.Join(dir, PackedFile)); err != nil || len(alone) != 3 {
		t.Errorf("the file alone: %d records, %v", len(alone), err)
	}
	if _, err := Open(dir); !errors.Is(err, ErrPacked) || !strings.Contains(err.Error(), "gunzip") {
		t.Errorf("opened: %v", err)
	}
	if _, err := Create(dir); !errors.Is(err, fs.ErrExist) {
		t.Errorf("created over it: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, RecordsFile), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), "has both records.jsonl and records.jsonl.gz") {
		t.Errorf("both forms: %v", err)
	}
}

// What an earlier version wrote is packed as this one writes it; what is damaged stays as it is.
func TestPackEarlierRecords(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, RecordsFile)
	lines := unsealed(t, nth(0)) + "\n" + unsealed(t, nth(1)) + "\n"
	if err := errors.Join(
		os.WriteFile(path, []byte(lines+lines), 0o600),
		os.WriteFile(filepath.Join(dir, ManifestFile), []byte(`{"schema":1,"run":"r1"}`), 0o600),
	); err != nil {
		t.Fatal(err)
	}
	if err := Pack(dir); err == nil || !strings.Contains(err.Error(), "line 3: it is a copy of line 1") {
		t.Errorf("two copies: %v", err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != lines+lines {
		t.Errorf("the records were touched: %v", err)
	}
	if err := os.WriteFile(path, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Pack(dir); err != nil {
		t.Fatal(err)
	}
	if table, err := Load(dir); err != nil || len(table) != 2 || table[0].Schema != Schema {
		t.Errorf("%d records, %v", len(table), err)
	}
}

// A compressed file that is damaged is so by its line.
func TestDamagedPack(t *testing.T) {
	var file bytes.Buffer
	if err := writePacked(&file, Table{nth(0), nth(1), nth(2)}); err != nil {
		t.Fatal(err)
	}
	for at := range file.Len() {
		if at > 3 && at < 10 {
			continue // what gzip notes and nobody reads: time, level, system
		}
		data := bytes.Clone(file.Bytes())
		data[at] ^= 4
		if table, err := Read(bytes.NewReader(data)); err == nil {
			t.Errorf("byte %d of %d: %d records and no error", at, len(data), len(table))
		} else if _, named := errors.AsType[*LineError](err); !named {
			t.Errorf("byte %d of %d: %v", at, len(data), err)
		}
		if _, err := Read(bytes.NewReader(data[:at])); err == nil && at > 0 {
			t.Errorf("cut after byte %d of %d: no error", at, len(data))
		}
	}
}
