package catalog

import (
	"testing"

	"github.com/workerlab/workerlab/models/spec"
)

func TestEveryModelHasAWorkerAndEveryWorkerAModel(t *testing.T) {
	workers := Workers()
	for _, m := range Models() {
		if workers[m.Name] == nil {
			t.Errorf("model %s has no worker", m.Name)
		}
		if m.Doc == "" || m.Discipline == nil {
			t.Errorf("model %s lacks its text or its discipline", m.Name)
		}
	}
	if len(workers) != len(Models()) {
		t.Errorf("%d workers for %d models", len(workers), len(Models()))
	}
}

// gunicorn's rule for several threads, and the names that a class has had.
func TestEffectiveClass(t *testing.T) {
	for _, test := range []struct {
		class   string
		threads int
		want    string
	}{{"", 1, "sync"}, {"sync", 1, "sync"}, {"sync", 2, "gthread"}, {"gevent", 2, "gevent"}, {"asgi", 2, "asgi"}, {"asyncio", 1, "asgi"}, {"other", 2, "other"}} {
		if got := Effective(spec.Server{Class: test.class, Threads: test.threads}).Class; got != test.want {
			t.Errorf("%s with %d threads is %s, want %s", test.class, test.threads, got, test.want)
		}
	}
	if m := Threaded(); m.Name != "gthread" {
		t.Errorf("the class with threads is %s", m.Name)
	}
}
