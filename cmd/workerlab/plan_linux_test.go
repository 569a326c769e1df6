package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/workerlab/workerlab/results"
)

// TestPlanScripts plans for our own server, as a process of its own.
func TestPlanScripts(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob("testdata/plan*.txt")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("scripts %q: %v", scripts, err)
	}
	testscript.Run(t, testscript.Params{
		Files: scripts,
		Setup: exitAtOnce,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"answers": answers, "recorded": recorded, "started": started, "orphans": orphans,
			"kept": kept, "replace": replaceVersion,
		},
	})
}

const scriptPatience = 30 * time.Second

// eventually looks until something is so.
func eventually(ts *testscript.TestScript, what string, is func() bool) {
	for began := time.Now(); time.Since(began) < scriptPatience; <-time.After(10 * time.Millisecond) {
		if is() {
			return
		}
	}
	ts.Fatalf("%s: not within %v", what, scriptPatience)
}

// atSocket asks a server at a Unix socket.
func atSocket(ts *testscript.TestScript, socket, path string) (body string, ok bool) {
	client := http.Client{Timeout: scriptPatience, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", ts.MkAbs(socket))
		},
	}}
	response, err := client.Get("http://localhost" + path)
	if err != nil {
		return "", false
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return string(text), err == nil && response.StatusCode == http.StatusOK
}

// answers SOCKET waits until the server there answers.
func answers(ts *testscript.TestScript, _ bool, args []string) {
	eventually(ts, args[0]+" answers", func() bool { _, ok := atSocket(ts, args[0], "/"); return ok })
}

// started WORDS waits until a process of the script's runs whose command line has the words.
func started(ts *testscript.TestScript, _ bool, args []string) {
	words := strings.Join(args, "\x00")
	eventually(ts, strings.Join(args, " ")+" starts", func() bool {
		all, _ := filepath.Glob("/proc/[0-9]*/environ")
		for _, path := range all {
			environ, _ := os.ReadFile(path)
			command, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
			if strings.Contains(string(environ), "WORK="+ts.Getenv("WORK")+"\x00") && strings.Contains(string(command), words) {
				return true
			}
		}
		return false
	})
}

// kept DIR N waits until the only run in a folder has so many records.
func kept(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	eventually(ts, args[1]+" records in "+args[0], func() bool {
		files, _ := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "*", results.RecordsFile))
		if len(files) != 1 {
			return false
		}
		text, err := os.ReadFile(files[0])
		return err == nil && bytes.Count(text, []byte("\n")) >= want
	})
}

// replaceVersion DIR makes the request of the only run in a folder one of another version.
func replaceVersion(ts *testscript.TestScript, _ bool, args []string) {
	files, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "*", "request.json"))
	ts.Check(err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		ts.Check(err)
		ts.Check(os.WriteFile(file, bytes.Replace(text, []byte(`"version": 1`), []byte(`"version": 7`), 1), 0o600))
	}
}
