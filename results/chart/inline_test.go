package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
)

// inlineTexts are a drawing's texts that lie flat, with the room they take.
func inlineTexts(t *testing.T, d Drawing) (boxes []textBox) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader("<svg>" + d.Shapes + d.Texts + "</svg>"))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return boxes
		}
		if err != nil {
			t.Fatal(err)
		}
		start, ok := token.(xml.StartElement)
		if ok && start.Name.Local == "g" && strings.HasPrefix(attribute(start, "transform"), "rotate") {
			if err := decoder.Skip(); err != nil {
				t.Fatal(err)
			}
		}
		if !ok || start.Name.Local != "text" {
			continue
		}
		size := float64(tickSize)
		if own := ownSize.FindStringSubmatch(attribute(start, "style")); own != nil {
			size = number(t, own[1])
		}
		x, y := number(t, attribute(start, "x")), d.Height+number(t, attribute(start, "y")) // upside down, from the lower edge
		var content string
		if err := decoder.DecodeElement(&content, &start); err != nil {
			t.Fatal(err)
		}
		width := float64(textStyle(vg.Length(size), ink).Width(content))
		boxes = append(boxes, textBox{text: content, x0: x, x1: x + width, y0: y - 0.75*size, y1: y + 0.15*size})
	}
}

var ownSize = regexp.MustCompile(`font-size:([\d.]+)px`)

// In either language every text lies within the drawing, and none over another.
func TestInlineTextsApart(t *testing.T) {
	hangul := func(s string) string {
		if strings.ContainsAny(s, "abcdefghijklmnopqrstuvwxyz") {
			return strings.Repeat("처리량 ", max(1, len([]rune(s))/7)) + "값"
		}
		return s
	}
	for _, c := range demoCharts() {
		translated := c.Translated(hangul)
		for _, chart := range []Chart{c, translated} {
			drawings, err := chart.Inline()
			if err != nil || len(drawings) != max(1, len(c.Panels)) {
				t.Fatalf("%s: %d drawings, %v", c.ID, len(drawings), err)
			}
			for _, d := range drawings {
				boxes := inlineTexts(t, d)
				if len(boxes) < 5 {
					t.Errorf("%s: %d texts", c.ID, len(boxes))
				}
				for i, a := range boxes {
					if a.x0 < -0.5 || a.x1 > d.Width+0.5 || a.y0 < -0.5 || a.y1 > d.Height+0.5 {
						t.Errorf("%s: %q is cut off: %+v", c.ID, a.text, a)
					}
					for _, b := range boxes[:i] {
						if a.x0+0.5 < b.x1 && b.x0+0.5 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1 {
							t.Errorf("%s: %q and %q overlap", c.ID, a.text, b.text)
						}
					}
				}
			}
		}
	}
}

// Every colour that a drawing names is known, light and dark.
func TestInlineColoursAreDefined(t *testing.T) {
	style := InlineStyle()
	if len(dark) != len(palette) {
		t.Fatalf("%d colours, %d of them dark", len(palette), len(dark))
	}
	names := regexp.MustCompile(`var\(--([^)]*)\)`)
	for _, c := range demoCharts() {
		drawings, err := c.Inline()
		if err != nil {
			t.Fatal(err)
		}
		for _, sample := range c.Legend() {
			if sample.Name == "" || sample.Color == "" || sample.Shapes == "" {
				t.Errorf("%s: the legend's %+v", c.ID, sample)
			}
			drawings = append(drawings, sample.Drawing)
		}
		for _, d := range drawings {
			for _, m := range names.FindAllStringSubmatch(d.Shapes+d.Texts, -1) {
				if !strings.Contains(style, "--"+m[1]+":light-dark(") {
					t.Errorf("%s: %q has no colour", c.ID, m[1])
				}
			}
			if c.Heat == nil && len(c.Panels) == 0 && strings.Contains(d.Shapes, "#") {
				t.Errorf("%s: a colour that is light or dark on any ground: %s", c.ID, d.Shapes)
			}
		}
	}
}

// Every run has its dot and every point its mark; what shines through is never joined.
func TestInlineShapes(t *testing.T) {
	c := demoCharts()[0]
	drawings, err := c.Inline()
	if err != nil {
		t.Fatal(err)
	}
	shapes := drawings[0].Shapes
	dots := 0
	for _, s := range c.Series {
		for _, runs := range s.Raw {
			dots += len(runs)
		}
	}
	if got := strings.Count(shapes, "h0"); got < dots {
		t.Errorf("%d round dots for %d runs and their marks", got, dots)
	}
	for _, path := range regexp.MustCompile(`<path style="[^"]*opacity:0.149[^"]*" d="([^"]*)"/>`).FindAllStringSubmatch(shapes, -1) {
		if strings.Count(path[1], "M") != 1 {
			t.Errorf("joined: %s", path[1])
		}
	}
	if !strings.Contains(shapes, "opacity:0.149") {
		t.Error("no band")
	}
	if strings.Contains(shapes, "NaN") || strings.Contains(shapes, "Inf") {
		t.Error("a shape that is nowhere")
	}
}

func TestTranslatedChartKeepsItsData(t *testing.T) {
	c := demoCharts()[1]
	up := c.Translated(strings.ToUpper)
	if up.Title != strings.ToUpper(c.Title) || up.Panels[0].Heat.Y[0] != c.Panels[0].Heat.Y[0] || c.Panels[0].Heat.X[0] != "1" {
		t.Errorf("%+v", up)
	}
	single := demoCharts()[0]
	up = single.Translated(strings.ToUpper)
	if got := up.Series[1]; got.Name != "EXACT CLOSED NETWORK" || got.Like != up.Series[0].Name || !slices.Equal(got.X, single.Series[1].X) {
		t.Errorf("%+v", got)
	}
	if single.Series[1].Name != "exact closed network" {
		t.Error("the original was changed")
	}
}

func TestHangulIsMeasured(t *testing.T) {
	style := textStyle(10, ink)
	// The glyphs of Noto Sans KR are 0.92 of the font's size wide.
	if w := float64(style.Width("처리량")); w < 3*9.2 || w > 3*10 {
		t.Errorf("three syllables of size 10 are %s wide", strconv.FormatFloat(w, 'f', 1, 64))
	}
}
