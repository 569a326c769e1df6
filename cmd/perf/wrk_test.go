package main

import (
	"strings"
	"testing"
	"time"
)

func TestParseWrk(t *testing.T) {
	const head = "Running 2s test @ http://127.0.0.1:8000/\n  1 threads and 64 connections\n"
	tests := []struct {
		name, output string
		want         load
		err          string // part of the error; empty: none
	}{
		{
			name:   "a clean run",
			output: head + "perf requests=236000 us=2000100 status=0 connect=0 read=0 write=0 timeout=0 p50us=540\n",
			want:   load{236000, 2000100 * time.Microsecond, 540 * time.Microsecond},
		},
		{
			name:   "responses that are no hello",
			output: head + "perf requests=10 us=2000100 status=3 connect=0 read=0 write=0 timeout=0 p50us=1\n",
			err:    "3 of 10 responses",
		},
		{
			name:   "connections that broke",
			output: head + "perf requests=10 us=2000100 status=0 connect=1 read=2 write=3 timeout=4 p50us=1\n",
			err:    "10 requests failed: connect 1, read 2, write 3, timeout 4",
		},
		{
			name:   "a server that never answers",
			output: head + "perf requests=0 us=2000100 status=0 connect=0 read=0 write=0 timeout=0 p50us=0\n",
			err:    "no request was answered",
		},
		{name: "a wrk that could not run", output: "unable to connect to 127.0.0.1:8000", err: "unable to connect"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseWrk(tt.output)
			switch {
			case tt.err == "" && err != nil:
				t.Fatal(err)
			case tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)):
				t.Fatalf("error %v, want one that says %q", err, tt.err)
			case got != tt.want && tt.err == "":
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}
