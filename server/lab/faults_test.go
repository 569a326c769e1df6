package lab

import "testing"

func TestAmount(t *testing.T) {
	for query, want := range map[string]int{"bytes=1e6": 1e6, "4096": 4096, "bytes=0": 0, "bytes=1073741824": most} {
		if got, err := amount(query); got != want || err != nil {
			t.Errorf("%s: got %d, %v", query, got, err)
		}
	}
	for _, bad := range []string{"", "bytes=", "bytes=-1", "bytes=NaN", "bytes=Inf", "bytes=1e10", "bytes=1MB"} {
		if got, err := amount(bad); err == nil {
			t.Errorf("%q was taken for %d", bad, got)
		}
	}
}
