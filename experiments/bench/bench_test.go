package bench

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/host"
	"github.com/workerlab/workerlab/results/text"
)

func TestDifferencesAreNamed(t *testing.T) {
	then := results.Manifest{
		Profile: "quick", Seed: 5, Claims: []string{"a", "b"},
		Host: host.Host{Version: "v1", Revision: "abc", CPU: "Xeon", Cores: 2, Usable: []int{0, 1}, Kernel: "6.1"},
	}
	for name, c := range map[string]struct {
		change func(*results.Manifest)
		want   string
	}{
		"nothing":            {func(*results.Manifest) {}, ""},
		"order of claims":    {func(m *results.Manifest) { m.Claims = []string{"b", "a"} }, ""},
		"what may differ":    {func(m *results.Manifest) { m.Started, m.Command = time.Unix(9, 0), []string{"x"} }, ""},
		"profile":            {func(m *results.Manifest) { m.Profile = "full" }, "its profile was quick and would be full now"},
		"seed":               {func(m *results.Manifest) { m.Seed = 6 }, "its seed was 5 and would be 6 now"},
		"claims":             {func(m *results.Manifest) { m.Claims = []string{"a"} }, "its claims were a,b and would be a now"},
		"version":            {func(m *results.Manifest) { m.Host.Version = "v2" }, "its version was v1 and would be v2 now"},
		"commit":             {func(m *results.Manifest) { m.Host.Revision = "def" }, "its commit was abc and would be def now"},
		"uncommitted":        {func(m *results.Manifest) { m.Host.Modified = true }, "its commit was abc and would be abc with changes now"},
		"processor":          {func(m *results.Manifest) { m.Host.CPU = "" }, "its CPU was Xeon and would be not known now"},
		"cores":              {func(m *results.Manifest) { m.Host.Cores = 4 }, "its number of cores was 2 and would be 4 now"},
		"affinity":           {func(m *results.Manifest) { m.Host.Usable = []int{0} }, "its usable cores were [0 1] and would be [0] now"},
		"kernel":             {func(m *results.Manifest) { m.Host.Kernel = "6.2" }, "its kernel was 6.1 and would be 6.2 now"},
		"two things at once": {func(m *results.Manifest) { m.Seed, m.Host.Kernel = 6, "6.2" }, "its seed was 5 and would be 6 now; its kernel was 6.1 and would be 6.2 now"},
	} {
		now := then
		c.change(&now)
		if got := strings.Join(differences(then, now), "; "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Two that go on with one run would do the same runs twice.
func TestARunUnderWayIsNotResumed(t *testing.T) {
	dir := t.TempDir()
	store, err := results.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	r := Run{resumed: true, dir: dir}
	if err := r.open(); !errors.Is(err, results.ErrLocked) || !errors.As(err, new(*MistakeError)) {
		t.Errorf("opened a second time: %v", err)
	}
}

// A run that goes on keeps its calibration: a millisecond of work stays the same work.
func TestSettleKeepsTheCalibration(t *testing.T) {
	for _, c := range []struct {
		then, now, want float64
		warns           bool
	}{
		{0, 1000, 1000, false}, {1000, 1020, 1000, false}, {1000, 1100, 1000, true}, {1000, 800, 1000, true},
	} {
		r := Run{manifest: results.Manifest{CPURate: c.then, Warnings: []string{"old"}}}
		session := rig.Session{CPURate: c.now, Warnings: []string{"old"}}
		warnings := r.keepSpeed(&session)
		if session.CPURate != c.want || r.manifest.CPURate != c.want || (len(warnings) == 2) != c.warns {
			t.Errorf("calibrated %g then and %g now: %g, warnings %q", c.then, c.now, session.CPURate, warnings)
		}
		if len(r.manifest.Warnings) != len(warnings) {
			t.Errorf("the manifest keeps %q", r.manifest.Warnings)
		}
	}
}

func TestFuseOfTheProfiles(t *testing.T) {
	for p, want := range map[trial.Profile]time.Duration{
		trial.Smoke: 5 * time.Minute, trial.Quick: 580 * time.Second, trial.Standard: time.Hour, trial.Full: 3 * time.Hour,
	} {
		if got := fuse(p, 1, 2*time.Hour); got != want {
			t.Errorf("%v: %v, want %v", p, got, want)
		}
	}
}

func TestHintNamesTheFlag(t *testing.T) {
	open := []results.Verdict{{ID: "a"}, {ID: "b", Outcome: results.Supported}, {ID: "c"}}
	for name, c := range map[string]struct {
		profile     trial.Profile
		interrupted string
		verdicts    []results.Verdict
		want, not   string
	}{
		"undecided":       {trial.Quick, "", open, "bench --profile standard --only a,c\n", "--resume"},
		"spoiled":         {trial.Quick, "", []results.Verdict{{ID: "a", Lost: 3}}, "doctor\nthen again: workerlab bench --profile quick --only a\n", "standard"},
		"decided":         {trial.Quick, "", open[1:2], "took", "bench"},
		"nothing longer":  {trial.Full, "", open, "took", "bench"},
		"interrupted":     {trial.Quick, "interrupted", open, "bench --resume d\n", "--profile"},
		"the time was up": {trial.Quick, "the time of 9m40s was used up with 3 planned runs to go", open, "with 3 planned runs to go\ngo on with it", "--profile"},
	} {
		var out bytes.Buffer
		r := Run{dir: "d", profile: c.profile, began: time.Now(), manifest: results.Manifest{Interrupted: c.interrupted}}
		r.Hint(&out, c.verdicts)
		if !strings.Contains(out.String(), c.want) || strings.Contains(out.String(), c.not) {
			t.Errorf("%s: %q, want %q", name, out.String(), c.want)
		}
	}
}

func TestPlanAsJSON(t *testing.T) {
	chosen, err := Choose([]string{"gil-cpu"})
	if err != nil {
		t.Fatal(err)
	}
	r := Run{profile: trial.Quick, seed: 7, plan: experiments.NewPlan(chosen, trial.Quick, 7)}
	var out bytes.Buffer
	if err := r.Print(&out, true); err != nil {
		t.Fatal(err)
	}
	var got printedPlan
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Seed != 7 || got.Profile != "quick" || len(got.Steps) != len(r.plan) || got.Trials != r.plan.Trials() || got.Seconds <= 0 || got.AtMost != 580 {
		t.Errorf("profile %s, seed %d, %d steps of %d trials, %g s, at most %g", got.Profile, got.Seed, len(got.Steps), got.Trials, got.Seconds, got.AtMost)
	}
	for i, s := range got.Steps {
		if s.Cell.Key() != r.plan[i].Key || s.Block != r.plan[i].Block || len(s.Claims) == 0 || s.Seconds <= 0 {
			t.Errorf("step %d is %+v", i, s)
		}
	}
}

func TestReflow(t *testing.T) {
	doc := "A claim.\n\n" + strings.Repeat("Words that go on. ", 9) + "\nand on.\n\n\tX(W) = " + strings.Repeat("W", 90) + "\n\nThe end.\n"
	got := reflow(doc)
	for line := range strings.Lines(got) {
		if len(line) > text.Width+1 && line[0] != '\t' {
			t.Errorf("a line of %d columns: %q", len(line), line)
		}
	}
	if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(doc), " ") || !strings.Contains(got, "\n\n\tX(W) = ") || !strings.HasPrefix(got, "A claim.\n\n") {
		t.Errorf("%q became %q", doc, got)
	}
}
