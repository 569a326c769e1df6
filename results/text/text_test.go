package text

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
)

var korean = Catalogue{
	"%d workers serve %s as many as %d.": "워커 %[1]d개는 %[3]d개의 %[2]s를 처리한다.",
	" Does not hold: ":                   " 성립하지 않음: ",
	"processes":                          "프로세스",
	"supported":                          "지지됨",
}

func TestTranslationTakesArgumentsInItsOwnOrder(t *testing.T) {
	m := Of("%d workers serve %s as many as %d.", 8, "7.9 ×", 1)
	if got, want := m.String(), "8 workers serve 7.9 × as many as 1."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := korean.Render(m), "워커 8개는 1개의 7.9 ×를 처리한다."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPhrasesAndArgumentsAreTranslatedEach(t *testing.T) {
	m := Of("%d workers serve %s as many as %d.", 2, "twice", 1).Then(Of(" Does not hold: "), Join("; ", Of("processes"), Of("threads")))
	if got, want := m.String(), "2 workers serve twice as many as 1. Does not hold: processes; threads"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := korean.Render(m), "워커 2개는 1개의 twice를 처리한다. 성립하지 않음: 프로세스; threads"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := korean.Missing(m); !slices.Equal(got, []string{"threads"}) {
		t.Errorf("missing %q, want threads alone", got)
	}
	if got := korean.Missing(Of("%s: %.0f %%", Of("processes"), 3.0)); got != nil {
		t.Errorf("missing %q, want nothing", got)
	}
}

func TestStoredTextIsEnglishAndPlain(t *testing.T) {
	b, err := json.Marshal(Of("%d %% of it", 5))
	if err != nil || string(b) != `"5 % of it"` {
		t.Fatalf("got %s, %v", b, err)
	}
	var m Message
	if err := json.Unmarshal(b, &m); err != nil || m.String() != "5 % of it" {
		t.Errorf("got %q, %v", m, err)
	}
}

func TestErrorsAreTranslated(t *testing.T) {
	err := fmt.Errorf("judge: %w", Errorf("%d workers serve %s as many as %d.", 8, "twice", 1))
	if got, want := err.Error(), "judge: 8 workers serve twice as many as 1."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	var said interface{ Said() Message }
	if !errors.As(err, &said) {
		t.Fatal("the message is lost")
	}
	if got, want := korean.Render(said.Said()), "워커 8개는 1개의 twice를 처리한다."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
