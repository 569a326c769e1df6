package text

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWrap(t *testing.T) {
	for _, test := range []struct {
		text    string
		columns int
		want    string
	}{
		{"one two three", 7, "one two\nthree"},
		{"timeout-is-not", 8, "timeout-\nis-not"},
		{"bench --only a", 8, "bench\n--only a"},
		{"see /usr/local/bin/go now", 12, "see\n/usr/local/\nbin/go now"},
		{"abcdefgh", 3, "abc\ndef\ngh"},
		{"−5 µs × 7", 5, "−5 µs\n× 7"},
		{"", 3, ""},
	} {
		if got := strings.Join(Wrap(test.text, test.columns), "\n"); got != test.want {
			t.Errorf("%q at %d: %q, want %q", test.text, test.columns, got, test.want)
		}
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("a word-by-word text", 4)
	f.Fuzz(func(t *testing.T, s string, columns int) {
		columns = 1 + (columns%100+100)%100
		lines := Wrap(s, columns)
		for _, line := range lines {
			if n := utf8.RuneCountInString(line); n > columns {
				t.Errorf("%d columns of %d: %q", n, columns, line)
			}
		}
		joined := func(words []string) string { return strings.ToValidUTF8(strings.Join(words, ""), "\uFFFD") }
		if got, want := joined(words(strings.Join(lines, " "))), string([]rune(joined(words(s)))); utf8.ValidString(s) && got != want {
			t.Errorf("%q became %q", s, lines)
		}
	})
}

func TestCount(t *testing.T) {
	if got := Count(1, "claim") + ", " + Count(2, "claim"); got != "1 claim, 2 claims" {
		t.Error(got)
	}
}
