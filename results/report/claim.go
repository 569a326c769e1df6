package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/page"
	"github.com/workerlab/workerlab/results/text"
)

// names are the verdicts' headings: the claim, and where more than one system was judged, the system.
func names(verdicts []results.Verdict) []string {
	systems := make(map[string]bool)
	for _, v := range verdicts {
		if v.Runs > 0 { // a claim without a run names none
			systems[v.System] = true
		}
	}
	out := make([]string, len(verdicts))
	for i, v := range verdicts {
		out[i] = v.ID
		if len(systems) > 1 && v.System != "" {
			out[i] += " on " + v.System
		}
	}
	return out
}

// badge is an outcome's sign and word.
func badge(o results.Outcome) page.Badge {
	b := page.Badge{Class: o.String(), Sign: "?", Word: text.Of("inconclusive")}
	switch o {
	case results.Supported:
		b.Sign, b.Word = "✔", text.Of("supported")
	case results.Refuted:
		b.Sign, b.Word = "✘", text.Of("refuted")
	case results.Depends:
		b.Sign, b.Word = "◐", text.Of("depends")
	case results.Inconclusive:
	}
	return b
}

// measure is an effect as a page shows it.
func measure(e results.Effect) page.Measure { return page.NewMeasure(e.Name, e.Interval, e.Unit) }

// headline is the claim in a few words: its explanation's first paragraph.
func headline(explanation string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(explanation), "\n\n")
	return strings.Join(strings.Fields(first), " ")
}

// title is the claim in a few words, and its catalogue is taught the Korean of that.
func (c *Claim) title(name string, korean text.Catalogue) text.Message {
	first := headline(c.Explanation)
	if first == "" {
		return text.Plain(name)
	}
	if second := headline(c.ExplanationKorean); second != "" {
		korean[escaped(first)] = escaped(second)
	}
	return text.Plain(first)
}

// escaped is a text as a message's format.
func escaped(s string) string { return strings.ReplaceAll(s, "%", "%%") }

// tally counts the outcomes.
func tally(verdicts []results.Verdict) text.Message {
	counts := make(map[results.Outcome]int)
	for _, v := range verdicts {
		counts[v.Outcome]++
	}
	formats := map[results.Outcome]string{
		results.Supported: "%d supported", results.Refuted: "%d refuted", results.Depends: "%d depending on conditions", results.Inconclusive: "%d inconclusive",
	}
	var parts []text.Message
	for _, o := range results.Outcomes() {
		if n := counts[o]; n > 0 {
			parts = append(parts, text.Of(formats[o], n))
		}
	}
	return text.Join(", ", parts...)
}

// found is the report's first sentence, basis its second.
func (rep *Report) found() text.Message {
	switch n := len(rep.Claims); n {
	case 0:
		return text.Of("No claims were judged.")
	case 1:
		return text.Of("One claim about worker models was put to the test: %s.", tally(rep.Verdicts()))
	default:
		return text.Of("%d claims about worker models were put to the test: %s.", n, tally(rep.Verdicts()))
	}
}

func (rep *Report) basis() text.Message {
	runs, invalid, _ := rep.Records.Origin(results.Measured).Validity()
	switch {
	case runs == 0 && len(rep.Records) > 0:
		return text.Of("They rest on no run at all: nothing was measured. What was simulated or worked out in closed form decides no claim.")
	case runs == 0:
		return text.Of("They rest on no run at all.")
	}
	if invalid == 0 {
		return text.Of("They rest on %d runs of real servers under real load, all of them valid.", runs)
	}
	return text.Of("They rest on %d runs of real servers under real load; %d of these broke a validity rule and do not count.", runs, invalid)
}

// reproduce is the command that obtains a claim again.
func (rep *Report) reproduce(v *results.Verdict) string {
	systems := ""
	if v.System != "" && v.System != ownSystem {
		systems = " --systems " + v.System
	}
	return fmt.Sprintf("workerlab bench --profile %s --only %s%s --seed %d",
		orDash(rep.Manifest.Profile), v.ID, systems, rep.Manifest.Seed)
}

// ownSystem is measured where no other is asked for.
const ownSystem = "workerlab"

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// counted tells how many of a claim's runs do not count, and why.
func counted(v *results.Verdict) text.Message {
	if v.Invalid == 0 {
		return text.Of("%d runs, all valid", v.Runs)
	}
	return text.Of("%d runs, %d invalid: %s", v.Runs, v.Invalid, why(v.Reasons))
}

func why(reasons map[string]int) text.Message {
	var parts []text.Message
	for _, reason := range slices.Sorted(maps.Keys(reasons)) {
		parts = append(parts, text.Of("%s (%d)", reason, reasons[reason]))
	}
	return text.Join("; ", parts...)
}

// meanings explain the outcomes.
func meanings() page.Terms {
	return page.Terms{
		{Badge: badge(results.Supported), Text: text.Of("the whole interval lies on the claimed side of the threshold.")},
		{Badge: badge(results.Refuted), Text: text.Of("the whole interval lies on the other side.")},
		{Badge: badge(results.Depends), Text: text.Of("supported under one condition named beforehand, refuted under another.")},
		{Badge: badge(results.Inconclusive), Text: text.Of("the interval holds the threshold, or too few runs count.")},
	}
}

// agreement says how many of the run's A/A pairs passed for different.
func (rep *Report) agreement() text.Message {
	declared := 0
	for _, c := range rep.Controls {
		if c.Declared {
			declared++
		}
	}
	return text.Of("%d of %d pairs of identical trials passed for different. With 95 %% intervals about one in twenty may.", declared, len(rep.Controls))
}

// Tally counts the outcomes: "8 claims: 6 supported, 1 depends, 1 inconclusive."
func Tally(verdicts []results.Verdict) string {
	counts := make(map[results.Outcome]int)
	for _, v := range verdicts {
		counts[v.Outcome]++
	}
	var parts []string
	for _, o := range results.Outcomes() {
		if n := counts[o]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, o))
		}
	}
	if len(parts) == 0 {
		return "No claims were judged."
	}
	return fmt.Sprintf("%s: %s.", text.Count(len(verdicts), "claim"), strings.Join(parts, ", "))
}
