package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "shape:", err)
		}
		os.Exit(1) //nolint:forbidigo // this is main
	}
}

func run(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("shape", flag.ContinueOnError)
	flags.SetOutput(stderr)
	root := flags.String("C", ".", "root of the module")
	verbose := flags.Bool("v", false, "print what was found as well")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%s: shape takes flags only", flags.Arg(0))
	}
	tree, err := readTree(*root)
	if err != nil {
		return err
	}
	linked, err := external(*root, "./models/gthread")
	if err != nil {
		return err
	}
	return show(stdout, append(rows(tree), linked), *verbose)
}

// A row is one figure.
type row struct {
	what, value, wanted string
	found               []string // where: "path:line: what"
}

// counted is the row of things that were found.
func counted(what, wanted string, found []string) row {
	return row{what, fmt.Sprint(len(found)), wanted, found}
}

func rows(t *tree) []row {
	costs, intervals, medians := t.estimators(), t.intervals(), t.medians()
	code, docs := t.lines(), t.docs()
	return []row{
		counted("places that build a simulator's configuration", "1", t.configurations()),
		counted("estimators of what a request costs", "1", costs),
		counted("interval types", "1", intervals),
		counted("medians", "1", medians),
		counted("files outside its folder that a new class edits", "≤ 2", t.classLists()),
		counted("class names as literals outside class folders, claims and lists of cells", "0", t.classLiterals()),
		{"lines of code without blanks and comments, tests apart", fmt.Sprint(code), "≤ 41500", nil},
		{"doc comments a declaration", fmt.Sprintf("%.3f", docs), "not fewer", nil},
		counted("functions of cmd/workerlab that are not flags, exit codes or wiring", "0", t.commandLogic()),
		t.largest(),
	}
}

func show(w io.Writer, rows []row, verbose bool) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(table, "%s\t%s\twanted %s\n", r.what, r.value, r.wanted)
		if !verbose {
			continue
		}
		if err := table.Flush(); err != nil {
			return err
		}
		for _, f := range r.found {
			fmt.Fprintf(w, "    %s\n", f)
		}
	}
	return table.Flush()
}
