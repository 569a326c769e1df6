package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"

	"github.com/workerlab/workerlab/results/stat"
)

func iv(e, l, h float64) stat.Interval {
	return stat.Interval{Estimate: e, Low: l, High: h, Confidence: 0.95}
}

func theory(ys ...float64) []stat.Interval {
	var out []stat.Interval
	for _, y := range ys {
		out = append(out, stat.Interval{Estimate: y})
	}
	return out
}

const demoCaption = "AMD EPYC, 2 cores, 23.5 GiB, Linux 6.18.44; server on cpu 0, generator on cpu 1; seed 1; 3 blocks of 0.8 s, 64 closed-loop clients."

func demoCharts() []Chart {
	ws := []float64{1, 2, 4, 8}
	thr := Chart{
		Title: "Throughput", XLabel: "workers", YLabel: "throughput (requests/s)",
		Series: []Series{
			{
				Name: "sync, measured", X: ws, Y: []stat.Interval{iv(43, 41, 45), iv(88, 85, 91), iv(164, 160, 170), iv(316, 305, 325)},
				Raw: [][]float64{{43, 44, 42}, {88, 90, 86}, {166, 163, 164}, {316, 322, 309}},
			},
			{Name: "exact closed network", Kind: Line, X: ws, Y: theory(44, 88, 170, 306), Like: "sync, measured"},
			{Name: "W/(D+I)", Kind: Line, X: ws, Y: theory(44.5, 89, 178, 356)},
			{
				Name: "sync, CPU-bound", X: ws[:3], Y: []stat.Interval{iv(190, 180, 200), iv(192, 150, 700), iv(185, 178, 192)},
				Raw: [][]float64{{190, 200, 182}, {192, 190, 195}, {185, 186, 183}},
			},
		},
	}
	lat := Chart{
		Title: "Latency", XLabel: "workers", YLabel: "median response time (ms)", LogY: true, LogX: true,
		Series: []Series{
			{
				Name: "sync, measured", X: ws, Y: []stat.Interval{iv(1450, 1400, 1500), iv(710, 700, 720), iv(380, 370, 390), iv(200, 190, 210)},
				Raw: [][]float64{{1450, 1440, 1420}, {710, 705, 720}, {390, 375, 380}, {200, 202, 0}},
			},
			{Name: "sync, CPU-bound", X: ws[:3], Y: []stat.Interval{iv(330, 320, 340), iv(333, 320, 340), iv(346, 320, 350)}},
		},
	}
	mem := Chart{
		Title: "Memory", XLabel: "workers", YLabel: "memory of all processes, PSS (MiB)",
		Series: []Series{
			{Name: "sync, measured", X: ws, Y: []stat.Interval{iv(29, 28.9, 29.1), iv(35, 34.9, 35.2), iv(47, 46, 48), iv(70, 69, 71)}},
		},
	}
	single := thr
	single.ID, single.Title, single.Caption = "single", "workers-concurrency: more workers serve more requests at once, up to what the CPU allows", demoCaption
	cats := Chart{
		ID: "cats", Title: "worker-isolation: requests lost when one of four workers is killed", Caption: demoCaption,
		YLabel: "requests lost per kill", XLabel: "worker class and size (processes × threads)",
		Categories: []string{"sync 4×1", "gthread 4×1", "gthread 1×4", "gevent 4", "asgi 4", "tornado 4"},
		Series: []Series{
			{
				Name: "quick", X: []float64{0, 1, 2, 3, 4, 5}, Y: []stat.Interval{iv(1, 0.2, 2), iv(0, 0, 1.2), iv(3.5, 2.6, 4.4), iv(1, 0.5, 1.6), iv(0.7, 0.1, 1.4), iv(1, 0.1, 1.4)},
				Raw: [][]float64{{1, 1}, {0, 0}, {3, 4}, {1, 1}, {0, 1}, {1, 1}},
			},
			{
				Name: "preload", X: []float64{0, 1, 2, 3}, Y: []stat.Interval{iv(1, 0.2, 2), iv(0, 0, 1.2), iv(3.5, 2.6, 4.4), iv(1, 0.5, 1.6)},
				Raw: [][]float64{{1, 1}, {0, 0}, {3, 4}, {1, 1}},
			},
			{Name: "expected λ(D+I)/W", Kind: Line, X: []float64{0, 1, 2, 3}, Y: theory(0.5, 0.5, 2, 0.5)},
		},
	}
	long := cats
	long.ID = "tilted"
	long.Categories = []string{"sync-with-keepalive", "gthread-worker-connections", "gevent-exclusive-accept", "eventlet-reuse-port", "asgi-something", "tornado-blocking-app"}
	return []Chart{
		single, heatChart(), stepsChart(),
		{ID: "panels3", Title: "Throughput, latency and memory against workers (sync, 20 ms of waiting per request)", Caption: demoCaption, Panels: []Chart{thr, lat, mem}},
		{ID: "panels2", Title: "Throughput and memory against workers", Caption: demoCaption, Panels: []Chart{thr, mem}},
		cats, long,
		{ID: "rows", Title: "Throughput and memory, and below what is left", Caption: demoCaption, Rows: 2, Panels: []Chart{thr, leftOver(thr), mem, leftOver(mem)}},
	}
}

// leftOver is a panel below another, on both sides of zero, without a title.
func leftOver(above Chart) Chart {
	return Chart{XLabel: above.XLabel, YLabel: "left over (%)", FromTo: [2]float64{-10, 10}, Series: []Series{
		{Name: "left over", X: []float64{1, 8}, Y: []stat.Interval{iv(-4, -6, -2), iv(5, 3, 7)}},
	}}
}

// Panels of one column stand below each other, over the same axis, and titles of one row on one line.
func TestRowsStandBelowEachOther(t *testing.T) {
	charts := demoCharts()
	_, _, texts := parseSVG(t, bytesOf(t, charts[len(charts)-1].SVG))
	across, down := make(map[float64]int), make(map[float64]int)
	titles := make(map[string]float64)
	for _, s := range texts {
		switch s.text {
		case "workers":
			across[(s.x0+s.x1)/2]++
			down[s.y0]++
		case "Throughput", "Memory":
			titles[s.text] = s.y0
		}
	}
	if len(across) != 2 || len(down) != 2 || slices.ContainsFunc(slices.Collect(maps.Values(across)), func(n int) bool { return n != 2 }) {
		t.Errorf("axis labels at %v across and %v down", across, down)
	}
	if len(titles) != 2 || titles["Throughput"] != titles["Memory"] {
		t.Errorf("titles at %v", titles)
	}
}

func heatChart() Chart {
	side := func(title, unit string, z [][]float64) Chart {
		return Chart{
			Title: title, XLabel: "workers", YLabel: "share of time spent waiting",
			Heat: &Heat{
				X: []string{"1", "2", "3", "5", "8"}, Y: []string{"0 %", "50 %", "95 %"}, Z: z, Unit: unit,
				Mark: [][]bool{{false, false, false, true, false}, {false, false, false, true, false}, {false, false, false, true, false}}, Marks: "2 × cores + 1",
			},
		}
	}
	return Chart{ID: "heat", Title: "rule-of-thumb: where 2 × cores + 1 workers are the best choice", Caption: demoCaption, Panels: []Chart{
		side("Throughput of the best", "share", [][]float64{{0.5, 1, 0.99, 0.98, math.NaN()}, {0.3, 0.5, 0.8, 1, 0.99}, {0.05, 0.1, 0.2, 0.4, 1}}),
		side("p99", "seconds", [][]float64{{0.05, 0.1, 0.012, 0.013, 0.1}, {0.3, 0.5, 0.8, 1, 0.99}, {0.05, 0.1, 0.2, 0.4, 1}}),
	}}
}

func stepsChart() Chart {
	c := Chart{ID: "steps", Title: "max-requests-jitter: answers while all workers restart", Caption: demoCaption, XLabel: "time (s)", YLabel: "throughput (requests/s)"}
	for _, name := range []string{"jitter 0", "jitter 500"} {
		s := Series{Name: name, Kind: Steps}
		for i := range 60 {
			y := 400 + 20*math.Sin(float64(i))
			if name == "jitter 0" && i > 20 && i < 30 {
				y = 90
			}
			s.X, s.Y = append(s.X, float64(i)*0.05), append(s.Y, iv(y, 0.9*y, 1.1*y))
		}
		c.Series = append(c.Series, s)
	}
	return c
}

// TestFigures keeps every figure where FIGURES says, for a person to look at.
func TestFigures(t *testing.T) {
	dir := os.Getenv("FIGURES")
	if dir == "" {
		t.Skip("FIGURES names no folder")
	}
	for _, c := range demoCharts() {
		if err := errors.Join(c.WritePNG(filepath.Join(dir, c.ID+".png")), c.WriteSVG(filepath.Join(dir, c.ID+".svg"))); err != nil {
			t.Error(err)
		}
	}
}

func TestSVGDeterministic(t *testing.T) {
	for i, c := range demoCharts() {
		if again := demoCharts()[i]; !bytes.Equal(bytesOf(t, c.SVG), bytesOf(t, again.SVG)) {
			t.Errorf("%s: equal charts make different files", c.ID)
		}
	}
}

func TestPNG(t *testing.T) {
	c, again := demoCharts()[1], demoCharts()[1]
	path := filepath.Join(t.TempDir(), "figure.png")
	if err := c.WritePNG(path); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(data, bytesOf(t, again.PNG)) {
		t.Error("equal charts make different files")
	}
	config, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil || config.Width != pixels || config.Height < 600 || config.Height > 1200 {
		t.Errorf("%d × %d, %v", config.Width, config.Height, err)
	}
}

// Every text of every figure lies on the page, none over another, by the font's own measures.
func TestFigureTextsApart(t *testing.T) {
	for _, c := range demoCharts() {
		width, height, texts := parseSVG(t, bytesOf(t, c.SVG))
		if len(texts) < 8 {
			t.Errorf("%s has only %d texts", c.ID, len(texts))
		}
		for i, a := range texts {
			if a.x0 < 0 || a.y0 < 0 || a.x1 > width || a.y1 > height {
				t.Errorf("%s: %q is cut off: %+v on %g × %g", c.ID, a.text, a, width, height)
			}
			for _, b := range texts[:i] {
				if !a.tilted && !b.tilted && a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1 {
					t.Errorf("%s: %q and %q overlap", c.ID, a.text, b.text)
				}
			}
		}
	}
}

func TestFigureSaysWhatItShows(t *testing.T) {
	c := demoCharts()[0]
	svg := string(bytesOf(t, c.SVG))
	for _, want := range []string{
		"workers", "throughput (requests/s)", "sync, measured", "exact closed network", "seed 1", "AMD EPYC",
		"95\u00a0%", "interval", "arrow", "one run", "theory", "Liberation Sans,Arial",
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("the figure does not say %q", want)
		}
	}
}

// textBox is the rectangle around a text, Y upwards from the page's lower edge. A tilted text's is much
// larger than the text.
type textBox struct {
	text           string
	x0, y0, x1, y1 float64
	tilted         bool
}

// parseSVG finds the page and its texts; that it parses at all says that it is well-formed.
func parseSVG(t *testing.T, data []byte) (width, height float64, texts []textBox) {
	t.Helper()
	decoder := xml.NewDecoder(bytes.NewReader(data))
	turns := []float64{0} // radians, of each group around
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return width, height, texts
		}
		if err != nil {
			t.Fatal(err)
		}
		start, ok := token.(xml.StartElement)
		if end, ended := token.(xml.EndElement); ended && end.Name.Local == "g" {
			turns = turns[:len(turns)-1]
		}
		switch {
		case ok && start.Name.Local == "svg":
			box := strings.Fields(attribute(start, "viewBox"))
			width, height = number(t, box[2]), number(t, box[3])
		case ok && start.Name.Local == "g":
			turns = append(turns, turns[len(turns)-1]+rotation(t, attribute(start, "transform")))
		case ok && start.Name.Local == "text":
			x, y, size := number(t, attribute(start, "x")), -number(t, attribute(start, "y")), fontSize(t, start)
			var content string
			if err := decoder.DecodeElement(&content, &start); err != nil {
				t.Fatal(err)
			}
			texts = append(texts, boxOf(content, x, y, size, turns[len(turns)-1]))
		}
	}
}

func rotation(t *testing.T, transform string) float64 {
	t.Helper()
	degrees, ok := strings.CutPrefix(transform, "rotate(")
	if !ok {
		return 0
	}
	return number(t, strings.TrimSuffix(degrees, ")")) * math.Pi / 180
}

func boxOf(text string, x, baseline, size, turn float64) textBox {
	style := textStyle(vg.Length(size), ink)
	const slack = 0.5 // the file's numbers have five digits
	sin, cos := math.Sincos(turn)
	box := textBox{text, math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1), math.Abs(sin*cos) > 0.01}
	for _, u := range []float64{x + slack, x + float64(style.Width(text)) - slack} {
		for _, v := range []float64{baseline - 0.15*size, baseline + 0.75*size} {
			px, py := u*cos-v*sin, u*sin+v*cos
			box.x0, box.x1 = min(box.x0, px), max(box.x1, px)
			box.y0, box.y1 = min(box.y0, py), max(box.y1, py)
		}
	}
	return box
}

func fontSize(t *testing.T, e xml.StartElement) float64 {
	_, rest, _ := strings.Cut(attribute(e, "style"), "font-size:")
	size, _, _ := strings.Cut(rest, "px")
	return number(t, size)
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func bytesOf(t *testing.T, write func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestChartErrors(t *testing.T) {
	one := []stat.Interval{{Estimate: 1}}
	for name, c := range map[string]Chart{
		"lengths":        {Series: []Series{{X: []float64{1, 2}, Y: one}}},
		"raw":            {Series: []Series{{X: []float64{1}, Y: one, Raw: [][]float64{{1}, {2}}}}},
		"not a number":   {Series: []Series{{X: []float64{math.NaN()}, Y: one}}},
		"huge":           {Series: []Series{{X: []float64{1}, Y: []stat.Interval{{Estimate: 1e300}}}}},
		"no category":    {Categories: []string{"a"}, Series: []Series{{X: []float64{1}, Y: one}}},
		"heat rows":      {Heat: &Heat{X: []string{"a"}, Y: []string{"b"}}},
		"heat columns":   {Heat: &Heat{X: []string{"a"}, Y: []string{"b"}, Z: [][]float64{{1, 2}}}},
		"heat frames":    {Heat: &Heat{X: []string{"a"}, Y: []string{"b"}, Z: [][]float64{{1}}, Mark: [][]bool{{}}}},
		"heat, huge":     {Heat: &Heat{X: []string{"a"}, Y: []string{"b"}, Z: [][]float64{{1e300}}}},
		"heat, series":   {Heat: &Heat{}, Series: []Series{{X: []float64{1}, Y: one}}},
		"half a column":  {Rows: 2, Panels: []Chart{{}}},
		"panel in panel": {Panels: []Chart{{Panels: []Chart{{}}}}},
		"bad panel":      {Panels: []Chart{{Series: []Series{{X: []float64{1, 2}, Y: one}}}}},
	} {
		var bad *stat.DomainError
		if err := c.SVG(io.Discard); !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever the data, a chart is drawn: nothing, one point, zeros on a logarithmic axis, no decade in
// range, everything equal, negative figures.
func TestChartExtremes(t *testing.T) {
	for name, ys := range map[string][]float64{
		"none": nil, "one": {5}, "zeros": {0, 0}, "equal": {7, 7}, "negative": {-3, -1}, "no decade": {31, 47},
		"zero and one": {0, 1}, "wide": {1e-9, 1e9}, "tiny": {1e-90, 2e-90}, "large": {1e90, 2e90}, "close": {1e15, 1e15 + 1},
	} {
		for _, logarithmic := range []bool{false, true} {
			var xs []float64
			for i := range ys {
				xs = append(xs, float64(i))
			}
			c := Chart{ID: name, XLabel: "x", YLabel: "y", LogX: logarithmic, LogY: logarithmic, Series: []Series{
				{Name: "s", X: xs, Y: theory(ys...), Raw: nil}, {Name: "l", Kind: Line, X: xs, Y: theory(ys...)},
			}}
			_, _, texts := parseSVG(t, bytesOf(t, c.SVG))
			if len(texts) < 6 { // two labels, the legend, and at least a tick on both axes
				t.Errorf("%s, log %v: only %d texts: %v", name, logarithmic, len(texts), texts)
			}
		}
	}
}

func TestTicks(t *testing.T) {
	for _, test := range []struct {
		ticker    plot.Ticker
		low, high float64
		want      string
	}{
		{niceTicks{}, 0, 100, "0 20 40 60 80 100"},
		{niceTicks{}, 0, 0.3, "0 0.05 0.1 0.15 0.2 0.25 0.3"},
		{niceTicks{}, -3, 3, "-3 -2 -1 0 1 2 3"},
		{niceTicks{}, 0, 60000, "0 10\u00a0000 20\u00a0000 30\u00a0000 40\u00a0000 50\u00a0000 60\u00a0000"},
		{logTicks{}, 1, 1000, "1 10 100 1000"},
		{logTicks{}, 0.5, 30, "0.5 1 2 5 10 20"},
		{logTicks{}, 31, 47, "35 40 45"}, // no 1, 2 or 5 of a decade in range
		{logTicks{}, 15, 47, "20 30 40"}, // only one
	} {
		var labels []string
		for _, tick := range test.ticker.Ticks(test.low, test.high) {
			if tick.Label != "" {
				labels = append(labels, tick.Label)
			}
		}
		if got := strings.Join(labels, " "); got != test.want {
			t.Errorf("%g to %g: %q, want %q", test.low, test.high, got, test.want)
		}
	}
}

// Series of one name look alike in all panels, and no two names do.
func TestLooks(t *testing.T) {
	c := demoCharts()[1]
	got := looks(c.panels())
	if got["exact closed network"].color != got["sync, measured"].color {
		t.Error("theory does not take its measurement's colour")
	}
	type key struct {
		look  string
		shape any
	}
	seen := map[key]string{}
	for name, l := range got {
		r, g, b, _ := l.color.RGBA()
		k := key{strconv.Itoa(int(r)) + strconv.Itoa(int(g)) + strconv.Itoa(int(b)), l.shape}
		if other, ok := seen[k]; ok && len(l.dashes) == 0 {
			t.Errorf("%s and %s look the same", name, other)
		}
		seen[k] = name
	}
}

// Marks of equal values stand side by side; marks apart stand exactly at their place.
func TestMarksAside(t *testing.T) {
	c := Chart{XLabel: "x", YLabel: "y", Series: []Series{
		{Name: "a", X: []float64{1, 2}, Y: theory(10, 20)}, {Name: "b", X: []float64{1, 2}, Y: theory(10, 5)},
	}}
	p := newPanel(&c, looks(c.panels()), 400)
	canvas := draw.NewCanvas(&recorder.Canvas{}, 400, 300)
	tr := transform{&canvas, p}
	a := marks{series: &c.Series[0], shift: -4, rivals: []*Series{&c.Series[1]}}
	if got := a.aside(tr, 0); got != -4 {
		t.Errorf("equal values: %v aside", got)
	}
	if got := a.aside(tr, 1); got != 0 {
		t.Errorf("values apart: %v aside", got)
	}
	c.Series[1].Y[1] = iv(5, 1, 30) // now its bar would cross the mark
	if got := a.aside(tr, 1); got != -4 {
		t.Errorf("a mark in another's bar: %v aside", got)
	}
}
