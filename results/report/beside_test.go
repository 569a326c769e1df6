package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/text"
)

func TestSystemsStandSideBySide(t *testing.T) {
	v := func(id, system string, o results.Outcome) Claim {
		return Claim{Verdict: results.Verdict{ID: id, System: system, Outcome: o, Runs: 3, Why: text.Of("Because of " + system + ".")}}
	}
	rep := Report{Claims: []Claim{
		v("alike", "workerlab", results.Supported), v("alike", "gunicorn", results.Supported),
		v("apart", "workerlab", results.Supported), v("apart", "gunicorn", results.Refuted),
		v("open", "workerlab", results.Supported), v("open", "gunicorn", results.Inconclusive),
		v("alone", "workerlab", results.Supported), v("chain", "", results.Refuted),
	}}
	var md, html bytes.Buffer
	if err := rep.WriteMarkdown(&md); err != nil {
		t.Fatal(err)
	}
	if err := rep.WriteHTML(&html); err != nil {
		t.Fatal(err)
	}
	const found = "3 claims were put to workerlab, gunicorn: 1 come out alike, 1 differently, 1 are undecided on one of them."
	for name, page := range map[string]string{"markdown": md.String(), "HTML": html.String()} {
		_, section, there := strings.Cut(page, "Where they disagree")
		if !strings.Contains(page, found) || !there || !strings.Contains(section, "Because of gunicorn.") {
			t.Errorf("%s lacks the comparison:\n%.3000s", name, page)
		}
	}
	if lines := Disagreements(rep.Verdicts()); len(lines) != 1 || !strings.HasPrefix(lines[0], "apart: supported on workerlab") {
		t.Errorf("disagreements %q", lines)
	}
	one := Report{Claims: rep.Claims[6:]}
	md.Reset()
	if err := one.WriteMarkdown(&md); err != nil || strings.Contains(md.String(), "side by side") {
		t.Errorf("a report of one system compares: %v\n%s", err, md.String())
	}
}
