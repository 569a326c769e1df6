package server

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

func TestPidfile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pid")
	var p pidfile
	if err := p.create(path); err != nil {
		t.Fatal(err)
	}
	if got := readPID(path); got != os.Getpid() {
		t.Errorf("the file has %d", got)
	}
	if err := p.rename(path + ".2"); err != nil || readPID(path+".2") != os.Getpid() || readPID(path) != 0 {
		t.Errorf("rename: %v", err)
	}
	p.remove()
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 0 {
		t.Errorf("%v is left", left)
	}
}

func TestStalePidfileIsReplacedAndALiveOneRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pid")
	for content, stale := range map[string]bool{
		"":                         true,
		"no number":                true,
		"-1":                       true,
		"4194305":                  true, // above the largest pid_max, proc(5)
		strconv.Itoa(os.Getppid()): false,
		"1\n":                      false, // not ours to signal, perhaps, but alive
		strconv.Itoa(os.Getpid()):  true,  // our own, from before an exec
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		var p pidfile
		err := p.create(path)
		var bad *UsageError
		if stale && err != nil || !stale && !errors.As(err, &bad) {
			t.Errorf("%q: %v", content, err)
		}
	}
}

func TestPidfileOfAnotherIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pid")
	var p pidfile
	if err := p.create(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("1"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.remove()
	if readPID(path) != 1 {
		t.Error("another's file was removed")
	}
}
