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
	"time"
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

// Where goroutines stand is for people: lines in text, a list in JSON, and neither without an end.
func TestTraces(t *testing.T) {
	stacks := []byte("goroutine 1 [running]:\nmain.f()\n\t/f.go:1 +0x1\n")
	var text, list bytes.Buffer
	newLogger(&text, "text", slog.LevelInfo).Error("aborted", "stacks", newTrace(stacks), "pid", 7)
	if want := "] [ERROR] aborted pid=7\n    goroutine 1 [running]:\n    main.f()\n    \t/f.go:1 +0x1\n"; !strings.HasSuffix(text.String(), want) {
		t.Errorf("text: got %q", text.String())
	}
	newLogger(&list, "json", slog.LevelInfo).Error("aborted", "stacks", newTrace(stacks))
	if want := `"stacks":["goroutine 1 [running]:","main.f()","\t/f.go:1 +0x1"]}` + "\n"; !strings.HasSuffix(list.String(), want) {
		t.Errorf("json: got %q", list.String())
	}
	long := newTrace(bytes.Repeat([]byte("0123456789abcde\n"), maxTrace/16+1))
	if last := long[len(long)-1]; len(long) != maxTrace/16 || last != "and so on" {
		t.Errorf("%d lines, the last is %q", len(long), last)
	}
}

func TestSecondsInLogs(t *testing.T) {
	for d, want := range map[time.Duration]float64{6553875 * time.Microsecond: 6.554, 499 * time.Microsecond: 0, time.Hour: 3600} {
		if got := inSeconds(d); got != want {
			t.Errorf("%v: got %v, want %v", d, got, want)
		}
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
