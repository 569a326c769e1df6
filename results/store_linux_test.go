package results

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// /dev/full answers every write as a full disk does.
func TestStoreDevFull(t *testing.T) {
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	s := &Store{path: "/dev/full", file: f}
	defer s.Close()
	if err := s.Append(nth(0)); !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "/dev/full") {
		t.Errorf("got %v", err)
	}
}

func TestCreateUnwritable(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	// Even root cannot make a folder under a file.
	path := filepath.Join(dir, "file", "run")
	if _, err := Create(path); !errors.Is(err, syscall.ENOTDIR) || !strings.Contains(err.Error(), path[:len(path)-4]) {
		t.Errorf("under a file: %v", err)
	}
	if os.Getuid() == 0 {
		t.Skip("root may write anywhere")
	}
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(filepath.Join(dir, "run")); !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), dir) {
		t.Errorf("unwritable: %v", err)
	}
}
