package results

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// RecordsIn is the file of records that is in the folder of a run: RecordsFile, to which records can be added, or
// PackedFile. It fails with fs.ErrNotExist if there is none, and refuses a folder with both.
func RecordsIn(dir string) (string, error) {
	var found []string
	for _, name := range []string{RecordsFile, PackedFile} {
		switch _, err := os.Stat(filepath.Join(dir, name)); {
		case err == nil:
			found = append(found, name)
		case !errors.Is(err, fs.ErrNotExist):
			return "", fmt.Errorf("look for records: %w", err)
		}
	}
	switch len(found) {
	case 0:
		return "", fmt.Errorf("look for records in %s: %w", dir, fs.ErrNotExist)
	case 1:
		return found[0], nil
	}
	return "", fmt.Errorf("%s has both %s and %s: keep the one that is the run's", dir, RecordsFile, PackedFile)
}

// Pack compresses the records of the run in dir, as runs are kept that are through: PackedFile takes the place of
// RecordsFile. Records of an earlier version are written as this one writes them, and the manifest counts them. A run
// that is damaged or under way is refused. The same records give the same bytes.
func Pack(dir string) error {
	fail := func(err error) error { return fmt.Errorf("pack %s: %w", dir, err) }
	name, err := RecordsIn(dir)
	if err != nil {
		return fail(err)
	}
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return fail(err)
	}
	defer f.Close() //nolint:errcheck // only read from
	if err := lock(f); err != nil {
		return fail(err)
	}
	manifest, err := ReadManifest(dir)
	if err != nil {
		return fail(err)
	}
	table, err := Load(dir)
	if err != nil {
		return fail(err)
	}
	err = WriteFile(filepath.Join(dir, PackedFile), func(w io.Writer) error { return writePacked(w, table) })
	if err != nil {
		return fail(err)
	}
	if name == RecordsFile {
		if err := os.Remove(filepath.Join(dir, RecordsFile)); err != nil {
			return fail(err)
		}
	}
	return writeManifest(dir, manifest, len(table))
}

func writePacked(w io.Writer, table Table) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	return errors.Join(Write(z, table), z.Close())
}

// unpacked is what is in a file of records, whichever form it has.
func unpacked(r io.Reader) (io.Reader, error) {
	buffered := bufio.NewReader(r)
	if magic, err := buffered.Peek(2); err != nil || magic[0] != 0x1f || magic[1] != 0x8b {
		return buffered, nil //nolint:nilerr // what is too short to be packed is not
	}
	return gzip.NewReader(buffered)
}
