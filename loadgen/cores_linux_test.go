package loadgen

import "testing"

// As Linux 6.1 writes it, on four cores.
const procStat = `cpu  40 0 40 400 20 0 0 12 8 0
cpu0 10 1 10 100 5 1 1 3 2 0
cpu1 20 0 20 200 5 0 0 4 0 0
cpu2 10 0 10 100 5 0 0 5 6 0
cpu10 1 2 3 4 5 6 7 8 9 10
intr 12345 0 0
`

func TestParseCores(t *testing.T) {
	for _, c := range []struct {
		name      string
		ours      func(int) bool
		idle, all uint64
	}{
		{"one", func(core int) bool { return core == 0 }, 105, 131},
		{"two digits", func(core int) bool { return core == 10 }, 9, 36},
		{"two", func(core int) bool { return core == 0 || core == 1 }, 310, 380},
	} {
		if idle, all, err := parseCores([]byte(procStat), c.ours); idle != c.idle || all != c.all || err != nil {
			t.Errorf("%s: idle %d of %d, %v; want %d of %d", c.name, idle, all, err, c.idle, c.all)
		}
	}
	for _, bad := range []string{"", "cpu0 1 2 3", "cpux 1 2 3 4 5 6", "cpu0 1 2 3 4 x 6", procStat[:3]} {
		if idle, all, err := parseCores([]byte(bad), func(int) bool { return true }); err == nil {
			t.Errorf("%q was taken for idle %d of %d", bad, idle, all)
		}
	}
}

// Whatever it reads, idle time is part of all time.
func FuzzParseCores(f *testing.F) {
	f.Add([]byte(procStat))
	f.Fuzz(func(t *testing.T, stat []byte) {
		idle, all, err := parseCores(stat, func(int) bool { return true })
		if err == nil && (all == 0 || idle > all) {
			t.Errorf("idle %d of %d", idle, all)
		}
	})
}

func TestCoresTime(t *testing.T) {
	idle, all, err := coresTime()
	if err != nil || idle > all {
		t.Errorf("idle %d of %d, %v", idle, all, err)
	}
}
