package wording

import (
	"embed"
	"strings"
	"testing"
	"time"
)

//go:embed testdata
var testdata embed.FS

func TestValuesAreShownAsAPersonReadsThem(t *testing.T) {
	values := Values{
		"n": 4, "big": int64(12_000_000), "year": 2026, "x": 2.5, "third": 1.0 / 3, "many": 1234.5, "less": -3,
		"second": 2 * time.Second, "half": 2500 * time.Millisecond, "ms": 20 * time.Millisecond, "us": 200 * time.Microsecond, "none": time.Duration(0),
		"shape": "gthread 2×4", "levels": []int{1, 2, 4}, "times": []time.Duration{5 * time.Millisecond, time.Second},
	}
	for in, want := range map[string][2]string{
		"{n} of {year}":         {"4 of 2026", "4 of 2026"},
		"{big} bytes":           {"12\u00a0000\u00a0000 bytes", "12\u00a0000\u00a0000 bytes"},
		"{x}, {third}, {many}":  {"2.5, 0.333, 1235", "2.5, 0.333, 1235"},
		"{less} points":         {"−3 points", "−3 points"},
		"{second} and {half}":   {"2 s and 2.5 s", "2초 and 2.5초"},
		"{ms}, {us}, {none}":    {"20 ms, 200 µs, 0 s", "20 ms, 200 µs, 0초"},
		"{shape} {levels}":      {"gthread 2×4 1, 2, 4", "gthread 2×4 1, 2, 4"},
		"{times}":               {"5 ms, 1 s", "5 ms, 1초"},
		"{unknown} {}, 100 % d": {"{unknown} {}, 100 % d", "{unknown} {}, 100 % d"},
	} {
		if got := [2]string{values.English(in), values.Korean(in)}; got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// read is the text in testdata.
func read(t *testing.T, values Values) Text {
	t.Helper()
	return Text{Files: testdata, Values: values, dir: "testdata/"}
}

func TestTextIsReadByItsParagraphs(t *testing.T) {
	text := read(t, Values{"later": 2.0, "limit": 3 * time.Second})
	if got, want := text.Claim(), "They answer 2 times as late, within 3 s."; got != want {
		t.Errorf("claim %q, want %q", got, want)
	}
	if got, want := text.Said(), "It is said that they do not."; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
	if got, want := text.Background(), "Late workers are late.\n\nThe theory. So it is:\n\n\tR = S\n\nand 3 s.\n"; got != want {
		t.Errorf("background %q, want %q", got, want)
	}
	korean, err := text.Korean()
	if err != nil {
		t.Fatal(err)
	}
	for english, want := range map[string]string{
		text.Claim(): "2배 늦게, 3초 안에 응답한다.", text.Said(): "그렇지 않다고들 한다.", "later than 3 s": "3초보다 늦음",
	} {
		if korean[english] != want {
			t.Errorf("%q is %q in Korean, want %q", english, korean[english], want)
		}
	}
	if err := text.Check(nil); err != nil {
		t.Error(err)
	}
}

func TestCheckNamesWhatIsMissing(t *testing.T) {
	for _, c := range []struct {
		values Values
		code   []string
		want   string
	}{
		{Values{"later": 2}, nil, "{limit} has no value"},
		{Values{"later": 2, "limit": 1, "spare": 3}, nil, "nothing says {spare}"},
		{Values{"later": 2, "limit": 1}, []string{"beyond {share}"}, "{share} has no value"},
	} {
		if err := read(t, c.values).Check(c.code); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %q", c.values, err, c.want)
		}
	}
}
