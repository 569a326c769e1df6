package trial

import (
	"slices"
	"testing"
	"time"
)

func TestDemands(t *testing.T) {
	got, err := Demands("cpu:1ms,wait:exp(20ms),touch:0.5")
	want := []Demand{{"cpu", time.Millisecond, false}, {"wait", 20 * time.Millisecond, true}, {"touch", 0, false}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := Demands("wait:exp(soon)"); err == nil {
		t.Error("a demand without a mean is taken")
	}
}
