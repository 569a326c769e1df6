package arrival

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	us := time.Microsecond
	for _, c := range []struct {
		text string
		want []time.Duration
		err  string
	}{
		{text: "0\n0.0125\n0.0125\n1e-1\n", want: []time.Duration{0, 12500 * us, 12500 * us, 100000 * us}},
		{text: "\ufeff# recorded on Monday\r\n\r\n 0.25 \r\n1", want: []time.Duration{250000 * us, 1000000 * us}},
		{text: "0.000000300", want: []time.Duration{300}},
		{text: "", err: "no offsets"},
		{text: "# nothing\n", err: "no offsets"},
		{text: "0\n\nsoon\n", err: `line 3: "soon" is not a number of seconds`},
		{text: "0\nNaN\n", err: `line 2: "NaN" is not a number of seconds`},
		{text: "-0.5\n", err: `line 1: offset "-0.5" is negative`},
		{text: "Inf\n", err: `line 1: offset "Inf" is longer than 292 years`},
		{text: "1e300\n", err: `line 1: offset "1e300" is longer than 292 years`},
		{text: "2\n1\n", err: `line 2: offset "1" is before the one above it (2s): sort the file`},
		{text: "0\n" + strings.Repeat("9", 70_000), err: "after 1 offsets: bufio.Scanner: token too long"},
	} {
		check(t, c.text, c.want, c.err)(Parse(strings.NewReader(c.text)))
	}
}

func TestParseCSV(t *testing.T) {
	second := time.Second
	for _, c := range []struct {
		text string
		want []time.Duration
		err  string
	}{
		{text: "path,at\n/,0\n\"/a,\nb\",1.5\n", want: []time.Duration{0, 1500 * time.Millisecond}},
		{text: "\ufeffat\n3\n", want: []time.Duration{3 * second}},
		{text: "", err: "line 1: no header"},
		{text: "path,at\n", err: "no offsets"},
		{text: "path,time\n/,1\n", err: `line 1: no column "at", it has ["path" "time"]`},
		{text: "path,at\n\"/a\nb\",0\n/,soon\n", err: `line 4: "soon" is not a number of seconds`},
		{text: "path,at\n/\n", err: "record on line 2: wrong number of fields"},
	} {
		check(t, c.text, c.want, c.err)(ParseCSV(strings.NewReader(c.text), "at"))
	}
}

func check(t *testing.T, text string, want []time.Duration, wantErr string) func([]time.Duration, error) {
	return func(got []time.Duration, err error) {
		t.Helper()
		text = text[:min(len(text), 40)]
		if wantErr != "" {
			if err == nil || err.Error() != wantErr {
				t.Errorf("%q: error %v, want %s", text, err, wantErr)
			}
			return
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
	}
}

// Whatever is accepted is a schedule: not empty, not negative, never decreasing. Whatever is refused
// says why.
func FuzzParse(f *testing.F) {
	f.Add("0\n0.5\n# x\n1e3\n")
	f.Add("at,b\n0,1\n1,\"2\n\"\n")
	f.Add("\ufeff0x1p-3\n")
	f.Fuzz(func(t *testing.T, text string) {
		offsets, err := Parse(strings.NewReader(text))
		obeys(t, offsets, err)
		offsets, err = ParseCSV(strings.NewReader(text), "at")
		obeys(t, offsets, err)
	})
}

func obeys(t *testing.T, offsets []time.Duration, err error) {
	t.Helper()
	if (err == nil) == (len(offsets) == 0) {
		t.Fatalf("%d offsets with error %v", len(offsets), err)
	}
	if err != nil && err.Error() == "" {
		t.Fatal("refused without a word")
	}
	if len(offsets) > 0 && (offsets[0] < 0 || !slices.IsSorted(offsets)) {
		t.Fatalf("not a schedule: %v", offsets)
	}
}
