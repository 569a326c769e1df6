package trial

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/models/spec"
)

// notIdentity are the fields of a Trial that say how often and among which others it runs.
var notIdentity = []string{"Group", "Blocks", "Untimed", "Traced", "Together"}

// ofScenarios are those that a trial refuses.
var ofScenarios = []string{"Load.Mix", "Hog.Mix"}

// changes are copies of v, a struct, in each of which one field is another, at any depth. What a field
// is changed to is no default spelt out.
func changes[T any](t *testing.T, v T, except ...string) map[string]T {
	t.Helper()
	all := make(map[string]T)
	var walk func(path []int, name string, of reflect.Type)
	walk = func(path []int, name string, of reflect.Type) {
		for i := range of.NumField() {
			field := of.Field(i)
			here, at := append(slices.Clone(path), i), name+field.Name
			if slices.Contains(except, at) {
				continue
			}
			if field.Type.Kind() == reflect.Struct {
				walk(here, at+".", field.Type)
				continue
			}
			changed := v
			change(t, at, reflect.ValueOf(&changed).Elem().FieldByIndex(here))
			all[at] = changed
		}
	}
	walk(nil, "", reflect.TypeFor[T]())
	return all
}

func change(t *testing.T, name string, field reflect.Value) {
	t.Helper()
	switch field.Kind() {
	case reflect.String:
		field.SetString(field.String() + "x")
	case reflect.Bool:
		field.SetBool(!field.Bool())
	case reflect.Float64:
		field.SetFloat(field.Float() + 3)
	case reflect.Int, reflect.Int64:
		step := int64(2) // threads and pods: none and one are the same
		if field.Type() == reflect.TypeFor[Place]() {
			step = 1
		}
		field.SetInt(field.Int() + step)
	default:
		t.Fatalf("%s is a %s: teach this test to change it", name, field.Kind())
	}
}

func TestKeyTellsTrialsApart(t *testing.T) {
	server := spec.Server{Class: "gthread", Workers: 1}
	closed := Trial{Server: server, Load: spec.Load{Do: "cpu:1ms", Clients: 4}, Hog: spec.Load{Do: "cpu:1s", Clients: 1}, Window: time.Second}
	open := Trial{Server: server, Load: spec.Load{Do: "cpu:1ms", Rate: 4}, Hog: spec.Load{Do: "cpu:1s", Rate: 1}, Window: time.Second}
	for kind, base := range map[string]Trial{"closed": closed, "open": open} {
		keys := map[string]string{base.Key(): "nothing"}
		for name, trial := range changes(t, base, append(ofScenarios, notIdentity...)...) {
			if kind == "closed" && strings.HasSuffix(name, ".Arriving") {
				continue // nothing arrives in a closed loop
			}
			if other, taken := keys[trial.Key()]; taken {
				t.Errorf("%s: changing %s gives the key of changing %s", kind, name, other)
			}
			keys[trial.Key()] = name
		}
	}
	for _, name := range notIdentity {
		if _, found := reflect.TypeFor[Trial]().FieldByName(name); !found {
			t.Errorf("a trial has no %s", name)
		}
	}
	elsewhere := closed
	elsewhere.Group, elsewhere.Blocks, elsewhere.Untimed, elsewhere.Traced, elsewhere.Together = "x", 9, true, true, true
	if elsewhere.Key() != closed.Key() {
		t.Error("when a trial runs is taken for what it is")
	}
}

func TestKeyOfEqualTrials(t *testing.T) {
	base := Trial{Server: spec.Server{Class: "gthread", Workers: 1}, Load: spec.Load{Do: "cpu:1ms", Clients: 4}, Window: time.Second}
	one := base
	one.Server.Threads, one.Pods = 1, 1
	if one.Key() != base.Key() {
		t.Error("no threads and one thread are the same server, as are no pods and one")
	}
	for name, change := range map[string]func(*spec.Server, time.Duration){
		"timeout":    func(s *spec.Server, d time.Duration) { s.Timeout = d },
		"keep-alive": func(s *spec.Server, d time.Duration) { s.KeepAlive = d },
	} {
		never := base
		change(&never.Server, spec.Never)
		if never.Key() == base.Key() {
			t.Errorf("no %s is taken for the default", name)
		}
	}
	for name, value := range base.Cell() {
		switch value.(type) {
		case string, bool, int, int64, float64:
		default:
			t.Errorf("axis %s is a %T, which no record can hold", name, value)
		}
	}
}

func TestEveryFieldOfAServerIsAnArgument(t *testing.T) {
	base := spec.Server{Class: "sync", Workers: 1}
	plain := strings.Join(ServerArgs(base, 1), " ")
	for name, s := range changes(t, base) {
		if strings.Join(ServerArgs(s, 1), " ") == plain {
			t.Errorf("%s changes no argument of the command", name)
		}
	}
	for _, c := range []struct {
		trial Trial
		want  string
	}{
		{Trial{Server: spec.Server{Timeout: spec.Never}}, "--timeout 0"},
		{Trial{Server: spec.Server{KeepAlive: spec.Never}}, "--keep-alive 0"},
		{Trial{Server: spec.Server{KeepAlive: 1500 * time.Millisecond, Exclusive: true}}, "--keep-alive 1.5s --exclusive"},
		{Trial{Server: spec.Server{MaxRequests: 5, Jitter: 3}}, "--max-requests 5 --max-requests-jitter 3"},
		{Trial{Load: spec.Load{Do: "cpu:1ms,leak:64KiB"}}, "--faults"},
		{Trial{Hog: spec.Load{Do: "leak:64KiB"}}, "--faults"},
	} {
		if args := strings.Join(c.trial.Args(1), " "); !strings.HasSuffix(args, c.want) {
			t.Errorf("%q does not end in %q", args, c.want)
		}
	}
	if strings.Contains(plain+strings.Join((Trial{Load: spec.Load{Do: "cpu:1ms"}}).Args(1), " "), "--faults") {
		t.Error("faults are on although nobody asks for one")
	}
}
