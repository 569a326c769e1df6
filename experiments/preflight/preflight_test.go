package preflight

import (
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/results/host"
)

// good is a machine that nothing is wrong with.
func good() Facts {
	return Facts{
		Host: host.Host{
			Cores: 4, Usable: []int{0, 1, 2, 3}, Quota: "max", Governor: "performance", Somaxconn: 4096,
			PortRange: "32768 60999", OpenFiles: 1 << 20,
		},
		Quiet: Use{Foreign: 0.02, Steal: 0.01}, Watched: 2 * time.Second, Pressure: 0.01, Load: 0.5,
		SynBacklog: 2048, TimeWait: 100, Memory: 8 << 30,
		Tools: map[string]string{"C compiler": "/usr/bin/gcc", "wrk": "/usr/bin/wrk", "SimPy": "simpy 3.0.11", "chromium": "/usr/bin/chromium"},
	}
}

func needs() Needs { return Needs{Memory: 2 << 30, Files: 8000, Backlog: 2048} }

func TestNothingIsWrongWithAGoodMachine(t *testing.T) {
	checks := good().Checks(needs())
	for _, c := range checks {
		if c.Status != OK || c.Mend != "" {
			t.Errorf("%v, mended by %q", c, c.Mend)
		}
		if c.Name == "" || c.Found == "" || !strings.HasSuffix(c.Means, ".") {
			t.Errorf("incomplete: %+v", c)
		}
	}
	if !Fit(checks) {
		t.Error("not fit")
	}
}

func TestEachFaultIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		spoil  func(*Facts)
		check  string
		status Status
		fatal  bool
		mend   string // part of the command
	}{
		"no core":           {func(f *Facts) { f.Host.Usable = nil }, "cores", Missing, true, ""},
		"one core of four":  {func(f *Facts) { f.Host.Usable = []int{2} }, "cores", Warn, false, "taskset -pc 0-3"},
		"one core":          {func(f *Facts) { f.Host.Usable, f.Host.Cores = []int{0}, 1 }, "cores", Warn, false, ""},
		"half a core":       {func(f *Facts) { f.Host.Quota = "0.50 cores" }, "CPU quota", Warn, false, "docker"},
		"strangers":         {func(f *Facts) { f.Quiet.Foreign = 0.11 }, "foreign CPU", Warn, false, "top"},
		"a hungry host":     {func(f *Facts) { f.Quiet.Steal = 0.06 }, "steal", Warn, false, ""},
		"pressure":          {func(f *Facts) { f.Pressure = 0.2 }, "CPU pressure", Warn, false, "top"},
		"load":              {func(f *Facts) { f.Load = 8.5 }, "load average", Warn, false, "sleep 60"},
		"powersave":         {func(f *Facts) { f.Host.Governor = "powersave" }, "frequency governor", Warn, false, "cpupower"},
		"few files":         {func(f *Facts) { f.Host.OpenFiles = 1024 }, "open files", Warn, false, "--nofile=16000"},
		"hardly any":        {func(f *Facts) { f.Host.OpenFiles = 64 }, "open files", Warn, true, "--nofile"},
		"little memory":     {func(f *Facts) { f.Memory = 1 << 30 }, "memory", Warn, false, "ps aux"},
		"no smaps":          {func(f *Facts) { f.NoPSS = "permission denied" }, "PSS", Missing, true, ""},
		"short backlog":     {func(f *Facts) { f.Host.Somaxconn = 128 }, "somaxconn", Warn, false, "somaxconn=4096"},
		"short SYN backlog": {func(f *Facts) { f.SynBacklog = 128 }, "tcp_max_syn_backlog", Warn, false, "tcp_max_syn_backlog=2048"},
		"resets":            {func(f *Facts) { f.Aborts = true }, "tcp_abort_on_overflow", Warn, false, "overflow=0"},
		"few ports":         {func(f *Facts) { f.Host.PortRange = "60000 60999" }, "ports", Warn, false, "ip_local_port_range"},
		"ports in use":      {func(f *Facts) { f.TimeWait = 29_000 }, "ports", Warn, false, "sleep 60"},
		"no compiler":       {func(f *Facts) { f.Tools = nil }, "C compiler", Missing, false, "apt-get install gcc"},
		"no SimPy":          {func(f *Facts) { delete(f.Tools, "SimPy") }, "SimPy", Missing, false, "apt-get install python3-simpy3"},
	} {
		f := good()
		c.spoil(&f)
		checks := f.Checks(needs())
		found := false
		for _, got := range checks {
			switch {
			case got.Name == c.check:
				found = true
				if got.Status != c.status || got.Fatal != c.fatal || !strings.Contains(got.Mend, c.mend) || (c.mend == "") != (got.Mend == "") {
					t.Errorf("%s: %+v", name, got)
				}
			case got.Status != OK && !got.Tool:
				t.Errorf("%s: also %+v", name, got)
			}
		}
		if !found || Fit(checks) == c.fatal {
			t.Errorf("%s: found %v, fit %v", name, found, Fit(checks))
		}
	}
}

// A machine that tells nothing is not accused of anything, except of what cannot be done without.
func TestSilentMachine(t *testing.T) {
	f := Facts{Host: host.Host{Usable: []int{0, 1}, Cores: 2}, Unknown: map[string]bool{
		"Quiet": true, "Pressure": true, "Load": true, "SynBacklog": true, "Aborts": true, "Memory": true,
	}}
	for _, c := range f.Machine(needs()) {
		if c.Status != OK {
			t.Errorf("%v", c)
		}
	}
}

func TestParse(t *testing.T) {
	if got, err := pressure("some avg10=12.50 avg60=6.06 avg300=7.37 total=2303421814\nfull avg10=0.00\n"); got != 0.125 || err != nil {
		t.Errorf("pressure %v, %v", got, err)
	}
	if got, err := timeWait("sockets: used 276\nTCP: inuse 259 orphan 0 tw 1344 alloc 259 mem 0\nUDP: inuse 0 mem 0\n"); got != 1344 || err != nil {
		t.Errorf("TIME_WAIT %v, %v", got, err)
	}
	if got, err := available("MemTotal:  8000000 kB\nMemAvailable:    5242880 kB\n"); got != 5<<30 || err != nil {
		t.Errorf("available %v, %v", got, err)
	}
	for _, text := range []string{"", "some", "TCP: tw", "TCP: inuse x tw y", "MemAvailable:", "MemAvailable: 18446744073709551615 kB"} {
		_, noPressure := pressure(text)
		_, noTimeWait := timeWait(text)
		_, noMemory := available(text)
		if noPressure == nil || noTimeWait == nil || noMemory == nil {
			t.Errorf("%q was understood", text)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("some avg10=12.50 avg60=6.06\nTCP: inuse 259 orphan 0 tw 1344\nMemAvailable:    5242880 kB\n")
	f.Fuzz(func(_ *testing.T, text string) { // they must not panic
		pressure(text)  //nolint:errcheck // see above
		timeWait(text)  //nolint:errcheck // see above
		available(text) //nolint:errcheck // see above
	})
}
