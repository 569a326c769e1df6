package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every mistake is one line that names the value and the remedy, on stderr, and exits with 2.
func TestAttackMistakes(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{"bad": "0\nx\n", "late": "3600\n", "csv": "when\n1\n"} {
		if err := os.WriteFile(filepath.Join(".", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const url = "http://127.0.0.1:1/"
	for _, c := range []struct {
		args   []string
		stderr string // expression
	}{
		{nil, `attack wants one URL, not 0 arguments: .*`},
		{[]string{url, url}, `attack wants one URL, not 2 arguments: .*`},
		{[]string{url}, `how much load\? --rate 100 for an open loop .*`},
		{[]string{"ftp://127.0.0.1/", "--rate", "1"}, `"ftp://127.0.0.1/" is not an http URL: write http://HOST:PORT/PATH`},
		{[]string{"127.0.0.1:80", "--rate", "1"}, `"127.0.0.1:80" is not a URL .*: write http://HOST:PORT/PATH`},
		{[]string{url, "--rate", "0"}, `--rate 0: want requests per second, above 0 .*`},
		{[]string{url, "--rate", "NaN"}, `--rate NaN: want .*`},
		{[]string{url, "--rate", "fast"}, `--rate "fast": want a number; see .*`},
		{[]string{url, "--rate", "1", "--duration", "-5"}, `--duration "-5": want seconds from 0 up; see .*`},
		{[]string{url, "--rate", "1", "--duration", "0"}, `--duration 0: want .*`},
		{[]string{url, "--rate", "1", "--rtt", "-20ms"}, `--rtt "-20ms": want seconds, or a time with a unit as in 250ms; see .*`},
		{[]string{url, "--rate", "1", "--timeout", "0"}, `--timeout 0: want .*`},
		{[]string{url, "--rate", "1", "--arrivals", "bursty"}, `--arrivals bursty: choose constant, poisson, closed or replay`},
		{[]string{url, "--arrivals", "closed"}, `closed arrivals need --clients`},
		{[]string{url, "--arrivals", "poisson"}, `poisson arrivals need --rate`},
		{[]string{url, "--rate", "1", "--clients", "2"}, `--clients means nothing with constant arrivals: drop it, or choose --arrivals closed`},
		{[]string{url, "--clients", "1", "--arrivals", "closed", "--rate", "1"}, `--rate means nothing with closed arrivals: .*`},
		{[]string{url, "--rate", "1", "--column", "at"}, `--column means nothing with constant arrivals: .*`},
		{[]string{url, "--clients", "0"}, `--clients 0: want 1 to 65536`},
		{[]string{url, "--clients", "1", "--connections", "0"}, `--connections 0: want 1 to 65536`},
		{[]string{url, "--clients", "1", "--connections", "-1"}, `--connections -1: want 1 to 65536`},
		{[]string{url, "--clients", "1", "--think", "soon"}, `--think soon: want a time as in 500ms, .*`},
		{[]string{url, "--rate", "1", "--header", "nonsense"}, `--header "nonsense": write 'Name: value'`},
		{[]string{url, "--rate", "1", "--header", "a b: c"}, `header name "a b": not a token of RFC 9110`},
		{[]string{url, "--rate", "1", "--method", "GET IT"}, `target .*: net/http: invalid method "GET IT"`},
		{[]string{url, "--rate", "1", "--body", "@absent"}, `--body: open absent: no such file or directory`},
		{[]string{url, "--rate", "1", "--body", "a", "--body-size", "1kB"}, `--body and --body-size: give one of them`},
		{[]string{url, "--rate", "1", "--body-size", "2GB"}, `--body-size 2000000000: more than 1 GB`},
		{[]string{url, "--replay", "absent"}, `--replay: open absent: no such file or directory`},
		{[]string{url, "--replay", "bad"}, `--replay bad: line 2: "x" is not a number of seconds`},
		{[]string{url, "--replay", "csv", "--column", "at"}, `--replay csv: line 1: no column "at", it has \["when"\]`},
		{[]string{url, "--replay", "late", "--duration", "1"}, `--replay late: its first offset 1h0m0s is beyond the duration of 1s`},
		{[]string{url, "--rate", "1", "--rte", "1"}, `unknown flag: --rte; see workerlab attack --help`},
	} {
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), append([]string{"attack"}, c.args...), strings.NewReader(""), &stdout, &stderr)
		if code != exitUsage || stdout.Len() > 0 || !regexp.MustCompile(`^workerlab: `+c.stderr+`\n$`).Match(stderr.Bytes()) {
			t.Errorf("attack %q: exit %d, stdout %q, stderr %q, want %s", c.args, code, &stdout, &stderr, c.stderr)
		}
	}
}

func TestFold(t *testing.T) {
	text := fold(": "+strings.Repeat("word ", 40)+strings.Repeat("x", 100), len("warning"))
	for i, line := range strings.Split("warning"+text, "\n") {
		if len(line) > terminalWidth && !strings.Contains(line, "xxx") {
			t.Errorf("line %d is %d columns wide: %q", i, len(line), line)
		}
	}
	if got := strings.Join(strings.Fields(text), " "); !strings.HasPrefix(got, ": word word") || strings.Count(got, "word") != 40 {
		t.Errorf("words were lost: %q", got)
	}
}
