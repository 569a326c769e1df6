package page

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/text"
)

//go:embed assets
var assets embed.FS

// WriteHTML writes the document as one file: styles, figures and script are inside it.
func (d *Document) WriteHTML(w io.Writer) error {
	var b bytes.Buffer
	if err := d.html(&b); err != nil {
		return fmt.Errorf("write document: %w", err)
	}
	if _, err := b.WriteTo(w); err != nil {
		return fmt.Errorf("write document: %w", err)
	}
	return nil
}

func (d *Document) html(b *bytes.Buffer) (err error) {
	v := &view{Document: d, Spoken: append([]Language{{Code: "en", Called: "English"}}, d.Languages...)}
	v.zoomed = slices.ContainsFunc(d.Figures(), func(f Figure) bool {
		return slices.ContainsFunc(panelsOf(&f.Chart), func(c chart.Chart) bool { return zoomable(&c) })
	})
	if v.Style, v.Script, err = v.inside(); err != nil {
		return err
	}
	v.page, err = template.New("page.html").Funcs(v.functions()).ParseFS(assets, "assets/page.html", "assets/blocks.html")
	if err != nil {
		return err
	}
	return v.page.Execute(b, v)
}

// view is what the template is given.
type view struct {
	*Document
	Spoken []Language // English first
	Style  template.CSS
	Script template.JS

	page   *template.Template
	zoomed bool // some figure can be
}

// inside are the style sheet and the script; that of the plots only where one can use it.
func (v *view) inside() (template.CSS, template.JS, error) {
	styles, scripts := []string{"style.css"}, []string{"script.js"}
	if v.zoomed {
		styles, scripts = append(styles, "uplot.min.css"), []string{"LICENSE-uplot", "uplot.min.js", "script.js"}
	}
	var style, script bytes.Buffer
	style.WriteString(chart.InlineStyle())
	for _, l := range v.Spoken {
		fmt.Fprintf(&style, ":root:not(:has(#language-%[1]s:checked)) .%[1]s{display:none}\n", l.Code)
	}
	for _, name := range slices.Concat(styles, scripts) {
		b, err := assets.ReadFile("assets/" + name)
		if err != nil {
			return "", "", err
		}
		switch {
		case name == "LICENSE-uplot":
			fmt.Fprintf(&script, "/*!\n%s*/\n", b)
		case slices.Contains(styles, name):
			style.Write(b)
		default:
			script.Write(b)
		}
	}
	return template.CSS(style.String()), template.JS(script.String()), nil //nolint:gosec // our own assets
}

// functions are what the template calls: {{t "format" arguments…}} says something in every language.
func (v *view) functions() template.FuncMap {
	return template.FuncMap{
		"t": func(what any, args ...any) template.HTML {
			m, ok := what.(text.Message)
			if !ok {
				m = text.Of(fmt.Sprint(what), args...)
			}
			return v.say("span", func(c text.Catalogue) string { return template.HTMLEscapeString(c.Render(m)) })
		},
		// Chart texts and names are looked up as they stand.
		"word": func(s string) template.HTML {
			return v.say("span", func(c text.Catalogue) string { return template.HTMLEscapeString(c.Text(s)) })
		},
		"prose":   v.prose,
		"show":    v.show,
		"figure":  v.draw,
		"id":      id,
		"percent": func(confidence float64) string { return fmt.Sprintf("%g", 100*confidence) },
	}
}

func id(s Section) string {
	if s.ID != "" {
		return s.ID
	}
	return Anchor(s.Title.String())
}

// say is what every language says, in an element each, or as it stands where all say the same. English is the page's own
// language.
func (v *view) say(element string, in func(text.Catalogue) string) template.HTML {
	var all []string
	for _, l := range v.Spoken {
		all = append(all, in(l.Catalogue))
	}
	return v.spoken(element, all)
}

// spoken is what each language says, escaped.
func (v *view) spoken(element string, all []string) template.HTML {
	if len(slices.Compact(slices.Clone(all))) == 1 {
		return template.HTML(all[0]) //nolint:gosec // escaped
	}
	var b strings.Builder
	for i, l := range v.Spoken {
		fmt.Fprintf(&b, "<%[1]s%[2]s>%[3]s</%[1]s>", element, l.attributes(), all[i])
	}
	return template.HTML(b.String()) //nolint:gosec // escaped
}

// attributes tell an element of this language.
func (l Language) attributes() string {
	if l.Code == "en" { // the page's own
		return ` class="en"`
	}
	return fmt.Sprintf(` class="%[1]s" lang="%[1]s"`, l.Code)
}

// show is a block by the template of its type's name.
func (v *view) show(of Section, b Block) (template.HTML, error) {
	var out bytes.Buffer
	err := v.page.ExecuteTemplate(&out, reflect.TypeOf(b).Name(), map[string]any{"Block": b, "Of": id(of)})
	return template.HTML(out.String()), err //nolint:gosec // the template's
}

// Class is the section's in the style sheet.
func (s Section) Class() string {
	if s.Badge.Class == "" {
		return "plain"
	}
	return "claim " + s.Badge.Class
}
