package scenario

import "testing"

func TestSlipsAreCounted(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"wait", "wait", 0}, {"wiat", "wait", 1}, {"wit", "wait", 1}, {"waiit", "wait", 1}, {"bait", "wait", 1}, {"", "cpu", 3}, {"rate", "think", 5}} {
		if got := distance(c.a, c.b); got != c.want || distance(c.b, c.a) != c.want {
			t.Errorf("%q and %q: %d slips, want %d", c.a, c.b, got, c.want)
		}
	}
}
