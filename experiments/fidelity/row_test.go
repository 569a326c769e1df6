package fidelity

import (
	"slices"
	"testing"
)

// row is a judged one.
func row(behaviour, class string, ours, theirs Observation) Row {
	i := slices.IndexFunc(Behaviours(), func(b Behaviour) bool { return b.ID == behaviour })
	r := Row{Behaviour: behaviour, Class: class, Ours: ours, Theirs: theirs, about: Behaviours()[i], Looks: 1}
	r.judge()
	return r
}

var (
	closes = seen(Event{"", "200 hello", 0}, Event{"", fin, 2})
	stays  = seen(Event{"", "200 hello", 0}, Event{"", kept, 0})
)

func TestADifferenceIsExplainedOnlyWhereItIsTheOneThatIsKnown(t *testing.T) {
	for _, c := range []struct {
		name        string
		row         Row
		same        bool
		unexplained bool
	}{
		{"the same", row("keep-alive", "gevent", closes, closes), true, false},
		{"known", row("keep-alive", "tornado", closes, stays), false, false},
		{"the other way round", row("keep-alive", "tornado", stays, closes), false, true},
		{"of another class", row("keep-alive", "gevent", closes, stays), false, true},
		{"of another behaviour", row("half-head", "tornado", closes, stays), false, true},
		{"not observed", row("keep-alive", "tornado", Observation{Failed: "gone"}, stays), false, true},
	} {
		if c.row.Same != c.same || c.row.Unexplained() != c.unexplained {
			t.Errorf("%s: same %v, unexplained %v, reason %q", c.name, c.row.Same, c.row.Unexplained(), c.row.Reason)
		}
	}
}

func TestKnownDifferencesAreOfWhatIsObserved(t *testing.T) {
	var ids []string
	for _, b := range Behaviours() {
		if slices.Contains(ids, b.ID) || b.Does == "" || b.Slack == 0 || b.Takes == 0 || b.probe == nil {
			t.Errorf("behaviour %+v", b)
		}
		ids = append(ids, b.ID)
	}
	for _, d := range differences {
		for _, id := range d.behaviours {
			if !slices.Contains(ids, id) {
				t.Errorf("no behaviour %q", id)
			}
		}
		for _, class := range d.classes {
			if !slices.Contains(Classes(), class) {
				t.Errorf("no class %q", class)
			}
		}
	}
}

func TestFindingsPutTogetherWhatIsAlike(t *testing.T) {
	late := seen(Event{"", "200 hello", 0}, Event{"", fin, 2.9})
	got := findings([]Row{
		row("keep-alive", "gthread", closes, late),
		row("keep-alive", "gevent", closes, closes),
		row("keep-alive", "tornado", closes, stays),
		row("keep-alive", "eventlet", closes, closes),
		row("pipelining", "gevent", closes, stays),
	})
	want := []finding{
		{"keep-alive", "gthread, gevent, eventlet", true, "200 hello; FIN after 2.0–2.9\u00a0s", "", ""},
		{"keep-alive", "tornado", false, "200 hello; FIN after 2.0\u00a0s", "200 hello; kept", tornadoForever},
		{"pipelining", "gevent", false, "200 hello; FIN after 2.0\u00a0s", "200 hello; kept", unexplained},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}
