package judge

import (
	"testing"

	"github.com/workerlab/workerlab/results"
)

func TestEither(t *testing.T) {
	table := results.Table{{Cell: results.Cell{"a": 1}}, {Cell: results.Cell{"a": 2, "b": "x"}}, {Cell: results.Cell{"b": "y"}}}
	if got := Either(table, results.Cell{"a": 1}, results.Cell{"b": "x"}); len(got) != 2 {
		t.Errorf("%d records, want 2: each once", len(got))
	}
	if got := Either(nil, results.Cell{"a": 1}); len(got) != 0 {
		t.Error("records of nothing")
	}
}
