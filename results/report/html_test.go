package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/page"
	"github.com/workerlab/workerlab/results/text"
)

func htmlOf(t testing.TB, rep *Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := rep.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// largePage is the page of largeReport, which is made once for all tests that only read it.
func largePage(t *testing.T) string {
	t.Helper()
	page, err := renderLarge()
	if err != nil {
		t.Fatal(err)
	}
	return page
}

var renderLarge = sync.OnceValues(func() (string, error) {
	var b strings.Builder
	err := largeReport().WriteHTML(&b)
	return b.String(), err
})

// promised is the most that a report of 25 claims with about 40 figures weighs (bytes).
const promised = 1 << 20

func TestPageIsSmall(t *testing.T) {
	rep := largeReport()
	drawn := 0
	for _, c := range rep.Claims {
		drawn += len(c.Figures)
	}
	page := largePage(t)
	t.Logf("%d claims, %d figures: %d KiB", len(rep.Claims), drawn, len(page)>>10)
	if len(page) > promised || drawn < 40 {
		t.Errorf("%d bytes for %d figures", len(page), drawn)
	}
}

func TestEqualReportsMakeEqualPages(t *testing.T) {
	first, second := largePage(t), htmlOf(t, largeReport())
	if first != second {
		t.Error("two pages of one report differ")
	}
}

var (
	raw     = regexp.MustCompile(`(?s)<(script|style)[^>]*>.*?</(script|style)>`)
	element = regexp.MustCompile(`<(/?)([a-z][a-z0-9]*)((?:\s+[a-zA-Z:-]+(?:="[^"]*")?)*)\s*(/?)>`)
	anyTag  = regexp.MustCompile(`<[^>]*>`)
	loads   = regexp.MustCompile(`(?i)(src|srcset|href|action|data|poster)="([^"]*)"`)
)

// void elements have no end (HTML, "void elements").
var void = map[string]bool{"meta": true, "link": true, "input": true, "br": true, "hr": true, "img": true}

// wellFormed checks that every tag is one and that elements nest: a text that broke out of its place
// would disturb that.
func wellFormed(page string) error {
	var open []string
	for _, tag := range anyTag.FindAllString(raw.ReplaceAllString(strings.TrimPrefix(page, "<!doctype html>"), ""), -1) {
		m := element.FindStringSubmatch(tag)
		if m == nil || m[0] != tag {
			return fmt.Errorf("no tag: %q", tag)
		}
		switch name := m[2]; {
		case m[4] == "/" || void[name]:
		case m[1] == "":
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name:
			return fmt.Errorf("</%s> within %v", name, open)
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		return fmt.Errorf("never closed: %v", open)
	}
	return nil
}

func TestPageIsWellFormed(t *testing.T) {
	for name, page := range map[string]string{"large": largePage(t), "empty": htmlOf(t, &Report{}), "small": htmlOf(t, demoReport())} {
		if err := wellFormed(page); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, bad := range []string{"<p><b></p></b>", "<p>", "</p>", "<p <b>", `<a href="x"y>`} {
		if wellFormed(bad) == nil {
			t.Errorf("%s passes for well-formed", bad)
		}
	}
}

func TestDrawingsAreWellFormed(t *testing.T) {
	page := largePage(t)
	drawings := regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAllString(page, -1)
	if len(drawings) < 40 {
		t.Fatalf("%d drawings", len(drawings))
	}
	for _, drawing := range drawings {
		decoder := xml.NewDecoder(strings.NewReader(drawing))
		for {
			if _, err := decoder.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%v in %s", err, drawing)
			}
		}
	}
}

// The page is one file: what it loads, it holds. Its links lead into itself or to the files beside it.
func TestPageLoadsNothing(t *testing.T) {
	page := largePage(t)
	for _, m := range loads.FindAllStringSubmatch(raw.ReplaceAllString(page, ""), -1) {
		switch target := m[2]; {
		case strings.HasPrefix(target, "#"), target == "data:,", strings.HasPrefix(target, "figures/"), target == "records.jsonl":
		default:
			t.Errorf("the page refers to %q", m[0])
		}
	}
	if !strings.Contains(page, "default-src &#39;none&#39;") && !strings.Contains(page, "default-src 'none'") {
		t.Error("the page does not forbid loading")
	}
}

func TestEveryFigureHasItsData(t *testing.T) {
	page := largePage(t)
	figures := regexp.MustCompile(`(?s)<figure.*?</figure>`).FindAllString(page, -1)
	if len(figures) < 40 {
		t.Fatalf("%d figures", len(figures))
	}
	for _, f := range figures {
		panels, tables := strings.Count(f, `class="panel"`), strings.Count(f, `<table class="data">`)
		if panels == 0 || panels != tables || strings.Count(f, "<caption>") != tables {
			t.Errorf("%d panels, %d tables in %.300s", panels, tables, f)
		}
		for _, want := range []string{"<figcaption", `scope="col"`, `scope="row"`, `tabindex="0"`} {
			if !strings.Contains(f, want) {
				t.Errorf("no %s in %.300s", want, f)
			}
		}
	}
}

// Whatever has a Korean is shown in both languages, and each says which it is.
func TestBothLanguages(t *testing.T) {
	page := largePage(t)
	english, korean := strings.Count(page, `class="en"`), strings.Count(page, `class="ko" lang="ko"`)
	if english != korean || english < 500 {
		t.Errorf("%d texts in English, %d in Korean", english, korean)
	}
	for english, translated := range demoKorean {
		if english == translated || strings.Contains(english, "%") || strings.ContainsAny(english, "|&<>+'") {
			continue
		}
		if !strings.Contains(page, english) || !strings.Contains(page, translated) {
			t.Errorf("%q or %q is not on the page", english, translated)
		}
	}
	for _, m := range regexp.MustCompile(`(?s)<span class="ko" lang="ko">([^<]*)</span>`).FindAllStringSubmatch(page, -1) {
		if strings.Contains(m[1], "%!") {
			t.Errorf("bad Korean: %q", m[1])
		}
	}
}

func TestThreats(t *testing.T) {
	run := func(place string, generator float64) results.Record {
		r := results.Record{Cell: results.Cell{"place": place}}
		r.Set("generator_cpu", generator, "cores")
		return r
	}
	late := results.Record{Cell: results.Cell{}, Offered: 100, Response: results.NewHistogram()}
	if err := late.Response.RecordValue(20_000); err != nil {
		t.Fatal(err)
	}
	late.Set("lag_p99", 0.0025, "seconds")
	for name, test := range map[string]struct {
		got  page.Check
		want page.State
		says string
	}{
		"idle generator":      {generator(results.Table{run("pin", 0.3)}), page.Fine, "at most 30.0 %"},
		"saturated generator": {generator(results.Table{run("pin", 0.3), run("share", 0.95)}), page.Heed, "at most 95.0 %"},
		"no generator":        {generator(nil), page.Unknown, "do not tell"},
		"late":                {lag(results.Table{late}), page.Heed, "in 1 of 1 runs"},
		"closed":              {lag(results.Table{run("pin", 0)}), page.Fine, "closed"},
		"noisy host":          {quiet(demoRecords()[:1]), page.Fine, "3.00 %"},
		"nothing of the host": {quiet(results.Table{run("pin", 0)}), page.Unknown, "do not tell"},
		"A/A":                 {Control{Trial: "sync", Value: "throughput", Ratio: iv(1.2, 1.1, 1.3), Declared: true}.check(), page.Heed, "throughput of sync: 1.20 ×"},
	} {
		if test.got.State != test.want || !strings.Contains(test.got.Answer.String(), test.says) {
			t.Errorf("%s: %+v, want %v with %q", name, test.got, test.want, test.says)
		}
	}
}

// Whatever a name, a reason or a translation holds, it stays text.
func FuzzHTML(f *testing.F) {
	f.Add("<script>alert(1)</script>", `" onload="x`, "</style>", "&amp;%d%!")
	f.Add("a\x00b", "</script><b>", "{{.}}", "javascript:alert(1)")
	f.Fuzz(func(t *testing.T, name, why, reason, label string) {
		figure := demoChart()
		figure.ID, figure.Title, figure.XLabel, figure.Series[0].Name = name, why, label, reason
		figure.Categories = nil
		v := results.Verdict{ID: name, Claim: why, Why: text.Plain(why), Runs: 1, Invalid: 1, Reasons: map[string]int{reason: 1}}
		v.Effect = results.Effect{Name: text.Plain(label), Unit: reason, Interval: iv(1, 0, 2)}
		rep := Report{
			Claims:   []Claim{{Verdict: v, Said: label, Explanation: why, Figures: []page.Figure{{Chart: figure, File: name}}}},
			Controls: []Control{{Trial: name, Value: label}}, Files: []string{reason},
			Korean: text.Catalogue{why: label, label: name},
		}
		page := htmlOf(t, &rep)
		if err := wellFormed(page); err != nil {
			t.Error(err)
		}
		if strings.Count(page, "<script") != 2 {
			t.Errorf("%d scripts", strings.Count(page, "<script"))
		}
	})
}
