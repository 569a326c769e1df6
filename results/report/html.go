package report

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"slices"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/text"
)

//go:embed assets
var assets embed.FS

// WriteHTML writes the report as one file: styles, figures and script are inside it.
func (rep *Report) WriteHTML(w io.Writer) error {
	view, err := rep.view()
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return execute(w, "page.html", rep.Korean, view)
}

// execute writes one of our pages, whole or not at all.
func execute(w io.Writer, name string, korean text.Catalogue, view any) error {
	page, err := template.New(name).Funcs(functions(korean)).ParseFS(assets, "assets/"+name, "assets/claim.html", "assets/parts.html")
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	var b bytes.Buffer
	if err := page.Execute(&b, view); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	if _, err := b.WriteTo(w); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// WindowTitle is the page's name in a browser.
func (*view) WindowTitle() string { return "Worker models put to the test" }

// view is what the page's template is given.
type view struct {
	*Report
	Found, Basis text.Message
	Meanings     []meaning
	Claims       []claimView
	Beside       comparison
	Facts        []fact
	Agreement    text.Message
	Style        template.CSS
	Script       template.JS
	Plots        bool // some figure can be zoomed
}

type claimView struct {
	*Claim
	Anchor, Name  string
	Title         both
	Text          both // the explanation's paragraphs
	Value, Bounds string
	Threats       []threat
	Figures       []figureView
	Others        []otherView
	Again         string
}

type otherView struct {
	Name          text.Message
	Value, Bounds string
}

func (rep *Report) view() (*view, error) {
	v := &view{
		Report: rep, Found: rep.found(), Basis: rep.basis(), Meanings: meanings(), Beside: beside(rep.Verdicts()), Facts: environment(rep.Manifest),
	}
	if len(rep.Controls) > 0 {
		v.Agreement = rep.agreement()
	}
	for i, name := range names(rep.Verdicts()) {
		claim, err := rep.claimView(name, &rep.Claims[i])
		if err != nil {
			return nil, err
		}
		v.Claims = append(v.Claims, claim)
		v.Plots = v.Plots || slices.ContainsFunc(claim.Figures, func(f figureView) bool { return f.Plot != nil })
	}
	style, script, err := styleAndScript(v.Plots)
	v.Style, v.Script = style, script
	return v, err
}

func (rep *Report) claimView(name string, c *Claim) (claimView, error) {
	v := claimView{
		Claim: c, Anchor: anchor(name), Name: name,
		Threats: c.threats(rep.Controls), Again: rep.reproduce(&c.Verdict),
	}
	english, korean := c.title(name), c.title(name)
	if first, _ := headline(c.ExplanationKorean); first != "" {
		korean = first
	}
	v.Title = both{template.HTML(template.HTMLEscapeString(english)), template.HTML(template.HTMLEscapeString(korean))} //nolint:gosec // escaped
	_, first := headline(c.Explanation)
	_, second := headline(c.ExplanationKorean)
	if second == "" {
		second = first
	}
	v.Text = both{paragraphs(first), paragraphs(second)}
	v.Value, v.Bounds = figures(c.Verdict.Effect)
	for _, e := range c.Verdict.Others {
		value, bounds := figures(e)
		v.Others = append(v.Others, otherView{e.Name, value, bounds})
	}
	for i := range c.Figures {
		figure, err := newFigure(&c.Figures[i], rep.Korean)
		if err != nil {
			return v, err
		}
		v.Figures = append(v.Figures, figure)
	}
	return v, nil
}

// styleAndScript are the style sheet and the script; that of the plots only where one can use it.
func styleAndScript(plots bool) (template.CSS, template.JS, error) {
	styles, scripts := []string{"style.css"}, []string{"script.js"}
	if plots {
		styles, scripts = append(styles, "uplot.min.css"), []string{"LICENSE-uplot", "uplot.min.js", "script.js"}
	}
	var style, script bytes.Buffer
	style.WriteString(chart.InlineStyle())
	for _, name := range styles {
		b, err := assets.ReadFile("assets/" + name)
		if err != nil {
			return "", "", err
		}
		style.Write(b)
	}
	for _, name := range scripts {
		b, err := assets.ReadFile("assets/" + name)
		if err != nil {
			return "", "", err
		}
		if name == "LICENSE-uplot" {
			b = []byte("/*!\n" + string(b) + "*/\n")
		}
		script.Write(b)
	}
	return template.CSS(style.String()), template.JS(script.String()), nil //nolint:gosec // our own assets
}

// both is a text in the two languages, as HTML.
type both struct{ English, Korean template.HTML }

// functions are what the template calls: {{t "format" arguments…}} says something in both languages.
func functions(korean text.Catalogue) template.FuncMap {
	return template.FuncMap{
		"t":     func(what any, args ...any) template.HTML { return inline(spoken(korean, what, args...)) },
		"both":  inline,
		"prose": func(b both) template.HTML { return wrapped("div", b) },
		// Chart texts and names are looked up as they stand.
		"word":    func(s string) template.HTML { return inline(escapeBoth(s, korean.Text(s))) },
		"sign":    sign,
		"value":   func(v results.Verdict) string { value, _ := figures(v.Effect); return value },
		"outcome": outcome,
		"state":   stateSign,
		"percent": func(confidence float64) string { return fmt.Sprintf("%g", 100*confidence) },
	}
}

// spoken is a message, or a format with arguments, in both languages.
func spoken(korean text.Catalogue, what any, args ...any) both {
	m, ok := what.(text.Message)
	if !ok {
		m = text.Of(fmt.Sprint(what), args...)
	}
	return escapeBoth(m.String(), korean.Render(m))
}

func escapeBoth(english, korean string) both {
	return both{template.HTML(template.HTMLEscapeString(english)), template.HTML(template.HTMLEscapeString(korean))} //nolint:gosec // escaped
}

func inline(b both) template.HTML { return wrapped("span", b) }

// wrapped is b in an element for each language, or as it stands where both say the same. English is the
// page's own language.
func wrapped(element string, b both) template.HTML {
	if b.English == b.Korean {
		return b.English
	}
	return template.HTML(fmt.Sprintf(`<%[1]s class="en">%[2]s</%[1]s><%[1]s class="ko" lang="ko">%[3]s</%[1]s>`, element, b.English, b.Korean)) //nolint:gosec // both are HTML
}

// stateSign is a state's shape and word.
func stateSign(s state) text.Message {
	switch s {
	case fine:
		return text.Of("✔ fine")
	case heed:
		return text.Of("▲ mind this")
	case unknown:
	}
	return text.Of("? not known")
}

// Class is an outcome's name in the style sheet.
func (c claimView) Class() string { return c.Verdict.Outcome.String() }

// Effect is the verdict's primary contrast.
func (c claimView) Effect() results.Effect { return c.Verdict.Effect }
