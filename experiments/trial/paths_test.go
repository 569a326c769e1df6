package trial

import (
	"slices"
	"testing"
)

func TestPaths(t *testing.T) {
	for text, want := range map[string]Path{
		"/": {"/", 1}, "/search?q=x=3": {"/search?q=x", 3}, "/slow 0.5": {"/slow", 0.5}, "/x=y": {"/x=y", 1},
	} {
		if p, err := ParsePath(text); err != nil || p != want {
			t.Errorf("%q: %+v, %v", text, p, err)
		}
	}
	for _, bad := range []string{"search", "/x=0", "/x=-1", "/a b", "", "/x=Inf"} {
		if p, err := ParsePath(bad); err == nil {
			t.Errorf("%q: %+v", bad, p)
		}
	}
	paths := []Path{{"/search?q=x=3", 1}, {"/", 0.25}}
	if again, err := Asked(Asking(paths...)); err != nil || !slices.Equal(again, paths) {
		t.Errorf("%+v, %v", again, err)
	}
	if none, err := Asked("cpu:1ms"); none != nil || err != nil {
		t.Errorf("demands are taken for paths: %+v, %v", none, err)
	}
	if _, err := Asked("/ x"); err == nil {
		t.Error("a list with a word that is no path is taken")
	}
}
