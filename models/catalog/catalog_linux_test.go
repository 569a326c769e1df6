package catalog

import "testing"

func TestEveryModelHasAWorkerAndEveryWorkerAModel(t *testing.T) {
	workers := Workers()
	for _, m := range Models() {
		if workers[m.Name] == nil {
			t.Errorf("model %s has no worker", m.Name)
		}
		if m.Doc == "" || m.Predict == nil {
			t.Errorf("model %s lacks its text or its theory", m.Name)
		}
	}
	if len(workers) != len(Models()) {
		t.Errorf("%d workers for %d models", len(workers), len(Models()))
	}
}
