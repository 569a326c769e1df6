package report

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browsers are the names that Chromium goes by.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}

// The page as a reader has it, in one Chromium. SCREENSHOTS names a folder to keep pictures in.
func TestPageInChromium(t *testing.T) {
	chromium, address := openChromium(t)
	for name, test := range map[string]func(*browser){
		"every screen":      everyScreen,
		"the choice":        choiceIsKept,
		"without script":    withoutScript,
		"figures are large": zoom,
		"on paper":          inPrint,
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, chromium, address)
			test(b)
			b.quiet()
		})
	}
}

// openChromium starts Chromium, and writes a report with a figure of every kind and both languages.
func openChromium(t *testing.T) (ctx context.Context, address string) {
	t.Helper()
	i := slices.IndexFunc(browsers, func(name string) bool { _, err := exec.LookPath(name); return err == nil })
	if i < 0 {
		t.Skip("no Chromium: install the package chromium to see the page as a reader does")
	}
	file := filepath.Join(t.TempDir(), HTMLFile)
	rep := largeReport()
	rep.Claims = rep.Claims[:5] // demoFigures are as many
	if err := os.WriteFile(file, []byte(htmlOf(t, rep)), 0o600); err != nil {
		t.Fatal(err)
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(browsers[i]), chromedp.NoSandbox, chromedp.Flag("lang", "en"), chromedp.WSURLReadTimeout(patience))
	allocated, stop := chromedp.NewExecAllocator(context.Background(), options...) // ended by Cleanup, when a test's own context is over
	ctx, closeAll := chromedp.NewContext(allocated)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Logf("close the browser: %v", err)
		}
		closeAll()
		stop()
	})
	if err := chromedp.Do(ctx); err != nil { // starts it
		t.Fatal(err)
	}
	return ctx, (&url.URL{Scheme: "file", Path: file}).String()
}

// patience is for what is there in a moment, unless the machine is very busy.
const patience = 2 * time.Minute

// A browser is a tab of Chromium with storage of its own: what one reader chooses, no other sees.
type browser struct {
	t       *testing.T
	ctx     context.Context //nolint:containedctx // chromedp keeps the tab in it
	address string

	mu       sync.Mutex
	told     []string // console messages and exceptions
	requests []string
}

func open(t *testing.T, chromium context.Context, address string) *browser { //nolint:revive // t comes first in tests
	t.Helper()
	ctx, closeTab := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext())
	t.Cleanup(closeTab)
	b := &browser{t: t, ctx: ctx, address: address}
	if err := chromedp.Listen(ctx, b.observe); err != nil {
		t.Fatal(err)
	}
	b.do(call(network.Enable, network.EnableParams{}), call(log.Enable, cdp.Empty{}), call(runtime.Enable, cdp.Empty{}))
	return b
}

// call is a command of the browser's protocol as an action.
func call[P, R any](command cdp.Command[P, R], parameters P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, parameters)
		return err
	})
}

func (b *browser) observe(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		b.told = append(b.told, fmt.Sprint("console: ", e.Type))
	case *runtime.EventExceptionThrown:
		b.told = append(b.told, fmt.Sprintf("exception: %s %+v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception))
	case *log.EventEntryAdded:
		b.told = append(b.told, fmt.Sprintf("log: %s %s", e.Entry.Level, e.Entry.Text))
	case *network.EventRequestWillBeSent:
		if e.Request.URL != b.address && !strings.HasPrefix(e.Request.URL, "data:") {
			b.requests = append(b.requests, e.Request.URL)
		}
	}
}

func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// value evaluates an expression in the page.
func value[T any](b *browser, expression string) T {
	b.t.Helper()
	return run(b, chromedp.Evaluate[T](expression))
}

func run[T any](b *browser, action chromedp.Action[T]) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, action)
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// keep takes a picture of the whole page where SCREENSHOTS asks for it.
func (b *browser) keep(name string) {
	b.t.Helper()
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		return
	}
	b.write(filepath.Join(dir, name+".png"), run(b, chromedp.CaptureScreenshot()))
}

// height is a screen's, tall where a person is to look at it.
func height() int64 {
	if os.Getenv("SCREENSHOTS") != "" {
		return 2600
	}
	return 800
}

func (b *browser) write(path string, data []byte) {
	b.t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

func (b *browser) choose(id string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(fmt.Sprintf("label:has(#%s)", id))))
}

const (
	shownIn = `getComputedStyle(document.querySelector("h1 .%s")).display !== "none"`
	paper   = `getComputedStyle(document.documentElement).backgroundColor`
	// Claims beyond the screen are not laid out before they are needed; then none would be too wide.
	layAllOut = `document.querySelectorAll(".claim").forEach(c => { c.style.contentVisibility = "visible" })`
)

// Both languages and both colours, at the width of a phone and of a desk: nothing is told on the console,
// nothing fetched, nothing wider than the screen.
func everyScreen(b *browser) {
	for _, screen := range []struct {
		name          string
		width, height int64
	}{{"phone", 360, height()}, {"desk", 1280, height()}} {
		b.do(chromedp.EmulateViewport(screen.width, screen.height), chromedp.Navigate(b.address))
		b.t.Logf("%s: loaded after %.0f ms", screen.name, value[float64](b, `performance.getEntriesByType("navigation")[0].loadEventEnd`))
		value[any](b, layAllOut)
		b.look(screen.name, "en", "light", screen.width)
		light := value[string](b, paper)
		b.look(screen.name, "ko", "dark", screen.width)
		if dark := value[string](b, paper); dark == light {
			b.t.Errorf("%s: light and dark are both %s", screen.name, dark)
		}
	}
}

// look chooses a language and colours, and checks what is shown and how wide it is.
func (b *browser) look(screen, language, theme string, width int64) {
	b.t.Helper()
	b.choose("language-" + language)
	b.choose("theme-" + theme)
	name := strings.Join([]string{screen, language, theme}, "-")
	if wide := value[int64](b, `document.documentElement.scrollWidth`); wide > width {
		b.t.Errorf("%s: %d pixels wide", name, wide)
	}
	if got := value[string](b, `document.documentElement.lang`); got != language {
		b.t.Errorf("%s: the page says it is in %q", name, got)
	}
	for _, other := range []string{"en", "ko"} {
		if got := value[bool](b, fmt.Sprintf(shownIn, other)); got != (other == language) {
			b.t.Errorf("%s: %s shown: %v", name, other, got)
		}
	}
	b.keep(name)
}

// quiet checks that nothing was told and nothing fetched.
func (b *browser) quiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.told) > 0 || len(b.requests) > 0 {
		b.t.Errorf("the browser tells %q; requests %q", b.told, b.requests)
	}
}

// A reader's choice outlasts the visit.
func choiceIsKept(b *browser) {
	b.do(chromedp.Navigate(b.address))
	b.choose("language-ko")
	b.do(chromedp.Reload())
	if !value[bool](b, fmt.Sprintf(shownIn, "ko")) {
		b.t.Error("after a reload the page is in English again")
	}
}

// Without script the languages can still be chosen, and every figure is there with its data.
func withoutScript(b *browser) {
	b.do(call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}), chromedp.Navigate(b.address))
	if value[bool](b, fmt.Sprintf(shownIn, "ko")) {
		b.t.Error("Korean and nobody asked")
	}
	b.choose("language-ko")
	if !value[bool](b, fmt.Sprintf(shownIn, "ko")) || value[bool](b, fmt.Sprintf(shownIn, "en")) {
		b.t.Error("the language cannot be chosen without script")
	}
	if n := value[int](b, `[...document.querySelectorAll("button.zoom")].filter(b => b.checkVisibility()).length`); n != 0 {
		b.t.Errorf("%d buttons that do nothing", n)
	}
	value[any](b, layAllOut)
	b.do(chromedp.ScrollIntoView(chromedp.CSS("figure summary")), chromedp.Click(chromedp.CSS("figure summary")))
	if !value[bool](b, `document.querySelector("figure table.data").checkVisibility()`) {
		b.t.Error("the data cannot be seen")
	}
}

// Every figure with numbers on both axes can be zoomed, and be had back as it was.
func zoom(b *browser) {
	b.do(chromedp.EmulateViewport(1280, height()), chromedp.Navigate(b.address))
	const (
		press   = `document.querySelectorAll("button.zoom").forEach(b => b.click())`
		plots   = `document.querySelectorAll(".uplot canvas").length`
		painted = `[...document.querySelectorAll(".uplot canvas")].every(c => c.getContext("2d").getImageData(0, 0, c.width, c.height).data.some(v => v))`
	)
	want := value[int](b, `document.querySelectorAll("[data-plot]").length`)
	value[any](b, press)
	// uPlot draws in a microtask of its own.
	run(b, chromedp.Poll[bool](painted, chromedp.WithPollingTimeout(patience)))
	if got := value[int](b, plots); got != want || want == 0 {
		b.t.Errorf("%d of %d panels were zoomed", got, want)
	}
	b.do(chromedp.ScrollIntoView(chromedp.CSS(".uplot")), chromedp.MouseClickXY(500, float64(height())/2))
	b.keep("zoomed")
	value[any](b, press)
	if got := value[int](b, plots); got != 0 {
		b.t.Errorf("%d plots are left", got)
	}
}

// In print the chosen language alone is shown, on white.
func inPrint(b *browser) {
	b.do(chromedp.Navigate(b.address))
	b.choose("language-ko")
	b.choose("theme-dark")
	b.do(call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}))
	if !value[bool](b, fmt.Sprintf(shownIn, "ko")) || value[bool](b, fmt.Sprintf(shownIn, "en")) {
		b.t.Error("print is not in the chosen language")
	}
	if value[bool](b, `document.querySelector(".switches").checkVisibility()`) {
		b.t.Error("switches in print")
	}
	pdf := run(b, chromedp.PrintToPDF(chromedp.PDFPrintBackground()))
	if dir := os.Getenv("SCREENSHOTS"); dir != "" {
		b.write(filepath.Join(dir, "print.pdf"), pdf)
	}
	if len(pdf) < 10_000 {
		b.t.Errorf("a PDF of %d bytes", len(pdf))
	}
}
