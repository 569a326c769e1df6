package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// The exit codes are a contract with scripts.
func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		err  error
		code int
	}{
		{nil, exitOK},
		{errors.New("a fault"), exitInternal},
		{usage(errors.New("a mistake")), exitUsage},
		{fmt.Errorf("wrapped: %w", usage(errors.New("a mistake"))), exitUsage},
		{exitError{errors.New("refuted"), exitRefuted}, exitRefuted},
		{exitError{errors.New("undecided"), exitUndecided}, exitUndecided},
		{fmt.Errorf("attack: %w", context.Canceled), exitInterrupted},
	} {
		var stderr bytes.Buffer
		if got := exitCode(c.err, &stderr); got != c.code {
			t.Errorf("%v: exit %d, want %d", c.err, got, c.code)
		}
		if lines := strings.Count(stderr.String(), "\n"); c.err != nil && lines != 1 {
			t.Errorf("%v: %d lines on stderr", c.err, lines)
		}
	}
}

// Whatever a command was about when Ctrl-C came, it has been interrupted.
func TestInterruptedHasItsExitCode(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	broken := errors.New("connection refused")
	var stderr bytes.Buffer
	if code := exitCode(interrupted(ctx, broken), &stderr); code != exitInternal || stderr.String() != "workerlab: connection refused\n" {
		t.Errorf("not interrupted: exit %d, %q", code, &stderr)
	}
	cancel()
	stderr.Reset()
	if code := exitCode(interrupted(ctx, broken), &stderr); code != exitInterrupted || stderr.String() != "workerlab: interrupted\n" {
		t.Errorf("interrupted: exit %d, %q", code, &stderr)
	}
	if err := interrupted(ctx, nil); err != nil {
		t.Errorf("done before it: %v", err)
	}
}

func TestUnknownCommandsAreMistakes(t *testing.T) {
	for args, want := range map[string]string{"serv": "did you mean serve?", "dance": `unknown command "dance"`} {
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), []string{args}, strings.NewReader(""), &stdout, &stderr)
		if code != exitUsage || !strings.Contains(stderr.String(), want) {
			t.Errorf("%s: exit %d, stderr %q", args, code, stderr.String())
		}
	}
}
