package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"time"
)

// options of a measurement.
type options struct {
	Suite  suite
	Server string        // path of the workerlab binary
	Python string        // the interpreter that has the packages of gunicorn and SimPy
	Blocks int           // how often every cell is measured
	Window time.Duration // of one measurement, whole seconds
	Seed   uint64        // of the order within the blocks
	JSON   bool          // the report as JSON instead of tables
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	var seconds int
	flags := flag.NewFlagSet("perf", flag.ContinueOnError)
	flags.SetOutput(stderr)
	name := flags.String("suite", suites()[0].Name, "core, wsgi: beside gunicorn and uWSGI, or sim: the simulator beside SimPy")
	flags.StringVar(&o.Python, "python", "/usr/bin/python3", "the `interpreter` that has gunicorn and SimPy")
	flags.StringVar(&o.Server, "server", "bin/workerlab", "the workerlab `binary` to measure")
	flags.IntVar(&o.Blocks, "blocks", 7, "how often every server is measured")
	flags.IntVar(&seconds, "seconds", 2, "how long one measurement takes")
	flags.Uint64Var(&o.Seed, "seed", 1, "of the order in which servers are measured")
	flags.BoolVar(&o.JSON, "json", false, "print the report as JSON")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case o.Blocks < 1 || seconds < 1:
		return o, errors.New("--blocks and --seconds must be at least 1")
	}
	var err error
	if o.Suite, err = suiteOf(*name); err != nil {
		return o, err
	}
	o.Window = time.Duration(seconds) * time.Second
	return o, nil
}
