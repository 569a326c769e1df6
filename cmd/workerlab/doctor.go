package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/bench"
	"github.com/workerlab/workerlab/experiments/catalog"
	"github.com/workerlab/workerlab/experiments/preflight"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/systems"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results/text"
)

const doctorLong = `Look at this machine for two seconds and say whether it is fit to measure on: what others do on it,
its limits, what the program and its tests need of it, and which other systems can be put to the
test on it, with their versions. With what is amiss goes what that means
for the results, and the command that mends it. The bench looks the same way before it begins.

Exit codes: 0 fit, also if there are warnings; 1 nothing can be measured here before something is
mended.`

func newDoctorCommand() *cobra.Command {
	var profile string
	var asJSON, verbose bool
	cmd := &cobra.Command{
		Use:     "doctor",
		Short:   "ask whether this machine is fit to measure on",
		Long:    doctorLong,
		Example: "  workerlab doctor\n  workerlab doctor --profile standard --json",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := bench.ProfileOf(profile)
			if err != nil {
				return err
			}
			facts, err := preflight.Read(cmd.Context())
			if err != nil {
				return err
			}
			put, _ := experiments.On(catalog.Experiments(), rig.Workerlab())
			checks := append(facts.Checks(rig.Needs(experiments.NewPlan(put, p, 1))), systemChecks(cmd.Context())...)
			return prescribe(cmd.OutOrStdout(), checks, asJSON, verbose)
		},
	}
	cmd.Flags().StringVar(&profile, "profile", trial.Quick.String(), "what the machine should be fit for: smoke, quick, standard or full")
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "say of every check what it means")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the checks as JSON")
	return cmd
}

// systemChecks are one for each system that can be put to the test beside ours.
func systemChecks(ctx context.Context) (checks []preflight.Check) {
	for _, s := range systems.All() {
		c := preflight.Check{
			Name: s.Name(), Tool: true,
			Means: "Without it the claims are not put to it (bench --systems), nor is it compared with the others.",
		}
		version, err := s.Version(ctx)
		var missing *rig.NotInstalledError
		switch {
		case errors.As(err, &missing):
			c.Status, c.Found, c.Mend = preflight.Missing, "no "+strings.Join(missing.Missing, ", "), missing.Command()
		case err != nil:
			c.Status, c.Found = preflight.Missing, err.Error()
		default:
			c.Found = version
		}
		checks = append(checks, c)
	}
	return checks
}

var errUnfit = errors.New("nothing can be measured here before what is named above is mended")

// prescribe prints the checks, and fails if the machine is not fit.
func prescribe(w io.Writer, checks []preflight.Check, asJSON, verbose bool) error {
	fit := preflight.Fit(checks)
	if asJSON {
		err := writeJSON(w, struct {
			Fit    bool              `json:"fit"`
			Checks []preflight.Check `json:"checks"`
		}{fit, checks})
		if err == nil && !fit {
			return exitError{nil, exitInternal}
		}
		return err
	}
	color := coloured(w)
	amiss := 0
	for _, c := range checks {
		printCheck(w, c, color, verbose)
		if c.Status != preflight.OK && !c.Tool {
			amiss++
		}
	}
	switch {
	case !fit:
		return errUnfit
	case amiss == 0:
		fmt.Fprintln(w, "\nFit to measure on.")
	default:
		fmt.Fprintf(w, "\nFit to measure on, with %d doubts: the results will tell what they cost.\n", amiss)
	}
	return nil
}

// printCheck sets a check in at most 80 columns.
func printCheck(w io.Writer, c preflight.Check, color, verbose bool) {
	const indent, width = 32, 48
	for i, line := range text.Wrap(c.Found, width) {
		if i == 0 {
			fmt.Fprintf(w, "%s %-23s %s\n", status(c, color), c.Name, line)
			continue
		}
		fmt.Fprintf(w, "%*s%s\n", indent, "", line)
	}
	if c.Status == preflight.OK && !verbose {
		return
	}
	for _, line := range text.Wrap(c.Means, width) {
		fmt.Fprintf(w, "%*s%s\n", indent, "", line)
	}
	if c.Mend != "" { // whole, so that it can be copied
		fmt.Fprintf(w, "        $ %s\n", c.Mend)
	}
}

// status is the answer in seven columns, coloured and in words.
func status(c preflight.Check, color bool) string {
	word := fmt.Sprintf("%-7s", c.Status)
	if !color {
		return word
	}
	code := map[preflight.Status]string{preflight.OK: "32", preflight.Warn: "33", preflight.Missing: "31"}[c.Status]
	return "\x1b[" + code + "m" + word + "\x1b[0m"
}
