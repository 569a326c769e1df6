package results

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// The files of a run's folder.
const (
	RecordsFile  = "records.jsonl"
	PackedFile   = "records.jsonl.gz" // instead of it, in runs that are through
	ManifestFile = "manifest.json"
	VerdictsFile = "verdicts.json"
)

// errNoDirSync is what file systems say that cannot sync a folder.
const errNoDirSync = syscall.EINVAL

// ErrPacked says that nothing can be added to records that are compressed.
var ErrPacked = errors.New("its records are compressed, and none can be added: uncompress them first (gunzip)")

// A Store is the open folder of one run. Nobody else who opens it so can add records to the run before
// it is closed or the program ends, however it ends. It is not safe for use by several goroutines: the one that
// runs the trials owns it.
type Store struct {
	dir  string
	path string // of the records
	file file
	size int64 // of the whole lines in it
	// ledger has the records in it.
	ledger ledger
	// broken is set once a partial line could not be taken back: what would follow it could not be
	// read.
	broken error
}

// file is what a Store needs of an *os.File: the test seam for full disks.
type file interface {
	io.Writer
	Sync() error
	Truncate(size int64) error
	Seek(offset int64, whence int) (int64, error)
	Close() error
}

var _ file = (*os.File)(nil)

// Create makes the folder of a new run, parents included. A folder that already holds records is
// refused with fs.ErrExist: they are never overwritten.
func Create(dir string) (*Store, error) {
	if err := os.MkdirAll(filepath.Join(dir, "figures"), 0o755); err != nil {
		return nil, fmt.Errorf("create results folder: %w", err)
	}
	if name, err := RecordsIn(dir); !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(err, fmt.Errorf("create records: %s is there: %w", name, fs.ErrExist))
	}
	path := filepath.Join(dir, RecordsFile)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, fmt.Errorf("create records: %w", err)
	}
	if err := errors.Join(lock(f), syncDir(dir)); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &Store{dir: dir, path: path, file: f}, nil
}

// Open opens the folder of an earlier run to append to it. Part of a last line that a crash left
// behind is cut off; of a run that is damaged otherwise it touches nothing and returns the *Damage. It fails with
// ErrLocked, and touches nothing, where somebody else is adding to the run: what looks cut short is being written.
func Open(dir string) (*Store, error) {
	switch name, err := RecordsIn(dir); {
	case err != nil:
		return nil, err
	case name == PackedFile:
		return nil, fmt.Errorf("open %s: %w", filepath.Join(dir, name), ErrPacked)
	}
	path := filepath.Join(dir, RecordsFile)
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("open records: %w", err)
	}
	if err := lock(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	s := &Store{dir: dir, path: path, file: f}
	if err := s.goOn(f); err != nil {
		return nil, errors.Join(fmt.Errorf("open records %s: %w", path, err), f.Close())
	}
	return s, nil
}

// Dir returns the run's folder.
func (s *Store) Dir() string { return s.dir }

// Append stores one record, the next of the run by its Order. When it returns nil the record is on the disk; when it
// fails, the error names the path, and the records so far are whole and can still be read.
func (s *Store) Append(r Record) error {
	if s.broken != nil {
		return s.broken
	}
	line, at, err := s.ledger.line(&r)
	if err != nil {
		return err
	}
	if err := s.write(line); err != nil {
		return s.takeBack(err)
	}
	s.ledger.enter(at, &r)
	s.size += int64(len(line))
	return nil
}

// Write writes a run's records as its Store did.
func Write(w io.Writer, table Table) error {
	var l ledger
	for i := range table {
		r := table[i]
		line, at, err := l.line(&r)
		if err != nil {
			return err
		}
		if _, err := w.Write(line); err != nil {
			return err
		}
		l.enter(at, &r)
	}
	return nil
}

// Load reads all records of the run, also those appended by others meanwhile.
func (s *Store) Load() (Table, error) { return Load(s.dir) }

// Close closes the records.
func (s *Store) Close() error {
	if err := s.file.Close(); err != nil {
		return fmt.Errorf("close records: %w", err)
	}
	return nil
}

// WriteFile replaces the file name, a path inside the run's folder, with what write writes: readers
// find the old one or the whole new one, never a part.
func (s *Store) WriteFile(name string, write func(io.Writer) error) error {
	return WriteFile(filepath.Join(s.dir, name), write)
}

// WriteFile replaces the file at path with what write writes, as a whole or not at all.
func WriteFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("write %s: %w", path, err), ignore(os.Remove(f.Name()), fs.ErrNotExist))
		}
	}()
	if err := errors.Join(write(f), f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func (s *Store) write(line []byte) error {
	if _, err := s.file.Write(line); err != nil {
		return err
	}
	return s.file.Sync()
}

// takeBack removes what a failed write left of its line, so that the file ends with a whole one.
func (s *Store) takeBack(cause error) error {
	cause = fmt.Errorf("append to %s (the %d bytes of records so far are kept): %w", s.path, s.size, cause)
	if err := s.file.Truncate(s.size); err != nil {
		s.broken = errors.Join(cause, fmt.Errorf("take back the partial line: %w", err))
		return s.broken
	}
	if _, err := s.file.Seek(s.size, io.SeekStart); err != nil {
		s.broken = errors.Join(cause, err)
		return s.broken
	}
	return cause
}

// goOn reads what f holds and leaves it positioned behind its last newline, with nothing after it.
func (s *Store) goOn(f *os.File) error {
	data, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	expected, err := expectedOf(s.dir)
	if err != nil {
		return err
	}
	if _, s.ledger, err = read(bytes.NewReader(data), expected); err != nil && !CutShort(err) {
		return err
	}
	s.size = int64(bytes.LastIndexByte(data, '\n') + 1)
	if s.size < int64(len(data)) {
		if err := f.Truncate(s.size); err != nil {
			return err
		}
	}
	_, err = f.Seek(s.size, io.SeekStart)
	return err
}

// syncDir makes a new name in dir survive a power cut. Where folders cannot be synced (some network
// and FUSE file systems say EINVAL) there is nothing better to do.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return errors.Join(ignore(d.Sync(), errNoDirSync), d.Close())
}

func ignore(err, harmless error) error {
	if errors.Is(err, harmless) {
		return nil
	}
	return err
}
