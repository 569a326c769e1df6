package bench

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// Hint says how long it took and what to do next.
func (r *Run) Hint(w io.Writer, verdicts []results.Verdict) {
	fmt.Fprintf(w, "took %v\n", time.Since(r.began).Round(time.Second))
	if r.manifest.Interrupted != "" {
		fmt.Fprintf(w, "the run is not complete: %s\ngo on with it: workerlab bench --resume %s\n", r.manifest.Interrupted, r.dir)
		return
	}
	if r.modelsAlone() {
		fmt.Fprintf(w, "measure it too: workerlab bench --resume %s --origins measured\n", r.dir)
		return
	}
	var open, spoiled []string
	for _, v := range verdicts {
		switch {
		case v.Outcome != results.Inconclusive:
		case v.Lost > 0:
			spoiled = append(spoiled, v.Name())
		default:
			open = append(open, v.Name())
		}
	}
	if len(spoiled) > 0 {
		fmt.Fprintf(w, "see what disturbs this machine: workerlab doctor\nthen again: workerlab bench --profile %v --only %s\n", r.profile, r.flags(spoiled))
	}
	if longer, ok := r.longer(); ok && len(open) > 0 {
		fmt.Fprintf(w, "more blocks for what is undecided: workerlab bench --profile %v --only %s\n", longer, r.flags(open))
	}
}

// flags name claims on their systems as the command line does.
func (r *Run) flags(names []string) string {
	ids := slices.Compact(slices.Sorted(slices.Values(ClaimsOf(names))))
	flags := strings.Join(ids, ",")
	if len(r.manifest.Systems) > 1 {
		flags += " --systems " + strings.Join(r.manifest.Systems, ",")
	}
	return flags
}

// longer is the next longer profile.
func (r *Run) longer() (trial.Profile, bool) {
	all := trial.Profiles()
	if int(r.profile)+1 < len(all) {
		return all[r.profile+1], true
	}
	return 0, false
}
