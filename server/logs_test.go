package server

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

func TestTextLinesReadLikeGunicorns(t *testing.T) {
	var buf bytes.Buffer
	log := newLogger(&buf, "text", slog.LevelInfo)
	log.Info("worker booted", "pid", 7, "why", "two words\nand a line")
	log.Debug("not shown")
	log.Warn("bare")
	want := regexp.MustCompile(`^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}\] \[\d+\] \[INFO\] worker booted pid=7 why="two words\\nand a line"
\[[^\]]+\] \[\d+\] \[WARN\] bare
$`)
	if !want.Match(buf.Bytes()) {
		t.Errorf("got %q", buf.String())
	}
}

// The text handler keeps slog's promises about attributes and groups, as far as its text can show.
func TestTextHandlerAttributes(t *testing.T) {
	var buf bytes.Buffer
	log := slog.New(newTextHandler(&buf, slog.LevelInfo)).With("a", 1).WithGroup("g").With("b", 2)
	log.Info("m", "c", 3)
	if !strings.HasSuffix(buf.String(), "] m a=1 g.b=2 g.c=3\n") {
		t.Errorf("got %q", buf.String())
	}
}

func TestTextHandlerWritesWholeLines(t *testing.T) {
	var lines lineCounter
	log := newLogger(&lines, "text", slog.LevelInfo)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			with := log.With("k", "v")
			for range 100 {
				with.Info("m")
			}
		})
	}
	wg.Wait()
	if lines.good != 800 || lines.bad != 0 {
		t.Errorf("%d whole lines, %d others", lines.good, lines.bad)
	}
}

// A lineCounter counts writes that are one line each. The handler serialises them.
type lineCounter struct{ good, bad int }

func (c *lineCounter) Write(p []byte) (int, error) {
	if bytes.Count(p, []byte("\n")) == 1 && bytes.HasSuffix(p, []byte("] m k=v\n")) {
		c.good++
	} else {
		c.bad++
	}
	return len(p), nil
}

func TestLogFileCanBeRotated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	l, err := openLog(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	write := func(s string) {
		t.Helper()
		if _, err := l.Write([]byte(s)); err != nil {
			t.Fatal(err)
		}
	}
	write("one\n")
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	write("two\n") // still the old file
	if err := l.Reopen(); err != nil {
		t.Fatal(err)
	}
	write("three\n")
	for file, want := range map[string]string{path + ".1": "one\ntwo\n", path: "three\n"} {
		if got, err := os.ReadFile(file); err != nil || string(got) != want {
			t.Errorf("%s has %q, %v, want %q", filepath.Base(file), got, err, want)
		}
	}
	l.path = filepath.Join(path, "below a file")
	if err := l.Reopen(); err == nil {
		t.Error("reopened below a file")
	}
	write("four\n") // a failed reopening keeps the file
}
