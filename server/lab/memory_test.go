package lab

import (
	"os"
	"testing"
)

func TestLeakKeepsWhatItTook(t *testing.T) {
	var l leak
	l.grow(10_000)
	if total := l.grow(5_000); total != 15_000 || len(l.kept) != 2 {
		t.Errorf("total %d in %d pieces", total, len(l.kept))
	}
}

// Of every page in the share the first byte changes, and no other byte anywhere.
func TestTouchWritesToThePagesOfItsShare(t *testing.T) {
	page := os.Getpagesize()
	for _, c := range []struct {
		share   float64
		touched int // of 8 pages
	}{
		{0, 0},
		{0.5, 4},
		{1, 8},
		{0.51, 5}, // a page that is in it in part is written
	} {
		m := memory{pages: make([]byte, 8*page)}
		m.touch(c.share)
		for i, b := range m.pages {
			if want := i%page == 0 && i < c.touched*page; (b != 0) != want {
				t.Fatalf("share %v: byte %d of page %d is %d", c.share, i%page, i/page, b)
			}
		}
	}
}
