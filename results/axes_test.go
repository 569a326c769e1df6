package results

import (
	"encoding/json"
	"strings"
	"testing"
)

// However many axes a cell spells out, what is at its default does not tell it from another.
func TestKeyHoldsWhatDiffers(t *testing.T) {
	sparse := Cell{"class": "sync", "workers": 4, "gil": true, "window_seconds": 1}
	if want := "class=sync gil=true window_seconds=1 workers=4"; sparse.Key() != want || sparse.Whole().Key() != want {
		t.Errorf("keys %q and %q, want %q", sparse.Key(), sparse.Whole().Key(), want)
	}
	if !sparse.Equal(sparse.Whole()) || !sparse.Whole().Equal(sparse) {
		t.Error("a cell that spells its axes out is another")
	}
	for axis := range defaults {
		other := with(sparse.Whole(), Cell{axis: "another"})
		if other.Key() == sparse.Key() || other.Equal(sparse) {
			t.Errorf("%s does not tell cells apart", axis)
		}
	}
	later := with(sparse, Cell{"of_a_later_version": 0})
	if later.Key() != sparse.Key() {
		t.Errorf("an axis that is not known, at nothing, gives the key %q", later.Key())
	}
	if err := defaults.check(); err != nil {
		t.Error(err)
	}
}

// A record from before an axis was added is of the same trial as one from after it.
func TestEarlierRecordsHaveTodaysKeys(t *testing.T) {
	r := sample()
	r.Schema, r.Order, r.Cell = unsealedSchema, 0, r.Cell.Whole()
	for _, axis := range []string{"abreast", "hog_abreast", "app", "post"} {
		delete(r.Cell, axis)
	}
	r.Trial = r.Cell.String()
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	table, err := Read(strings.NewReader(string(data) + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	if want := (Cell{"class": "gthread", "threads": 4, "gil": true}).Key(); table[0].Trial != want {
		t.Errorf("trial %q, want %q", table[0].Trial, want)
	}
	if got := table.Where("abreast", 1).Where("post", false); len(got) != 1 {
		t.Error("what an earlier record does not name is not at its default")
	}
}

func TestRenamedValues(t *testing.T) {
	names := map[string]map[string]string{"class": {"then": "now"}}
	if got := (Cell{"class": "then", "do": "then"}).today(names); !SameValue(got["class"], "now") || !SameValue(got["do"], "then") {
		t.Errorf("class %v, do %v", got["class"], got["do"])
	}
	if got := (Cell{"class": "sync"}).today(names); !SameValue(got["class"], "sync") {
		t.Errorf("class %v", got["class"])
	}
}
