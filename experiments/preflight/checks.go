package preflight

import (
	"fmt"
	"strconv"
	"strings"
)

// Machine are the checks that figures depend on.
func (f Facts) Machine(n Needs) []Check {
	return []Check{
		f.cores(), f.quota(), f.foreign(), f.steal(), f.pressure(), f.load(), f.governor(),
		f.files(n), f.memory(n), f.pss(),
		f.backlog(n), f.synBacklog(), f.overflow(), f.ports(),
	}
}

// Checks are all of them, those of a developer's tools last.
func (f Facts) Checks(n Needs) []Check {
	checks := f.Machine(n)
	for _, t := range tools() {
		checks = append(checks, f.tool(t))
	}
	return checks
}

// unless is c as it is, or a warning if something holds.
func (c Check) unless(bad bool, mend string) Check {
	if bad {
		c.Status, c.Mend = Warn, mend
	}
	return c
}

// unknown is c, if the machine does not tell. That is no fault of it.
func (f Facts) unknown(c Check, field string) (Check, bool) {
	if !f.Unknown[field] {
		return c, false
	}
	c.Found = "not told by this machine"
	return c, true
}

func (f Facts) cores() Check {
	usable := f.Host.Usable
	c := Check{
		Name: "cores", Found: fmt.Sprintf("%d of %d usable (%s)", len(usable), f.Host.Cores, numbers(usable)),
		Means: "Server and generator need a core each, and parallel work needs two.",
	}
	switch {
	case len(usable) == 0:
		c.Status, c.Found, c.Fatal = Missing, "none that this process may use is known", true
	case len(usable) == 1:
		c.Status = Warn
		c.Means = "Server and generator share the core: latencies hold the generator's own time, and what is said of two cores cannot be tested."
		if f.Host.Cores > 1 {
			c.Mend = "taskset -pc 0-" + strconv.Itoa(f.Host.Cores-1) + " $$"
		}
	}
	return c
}

func numbers(list []int) string {
	var parts []string
	for _, n := range list {
		parts = append(parts, strconv.Itoa(n))
	}
	if len(parts) > 8 {
		parts = append(parts[:8], "…")
	}
	return strings.Join(parts, ", ")
}

func (f Facts) quota() Check {
	c := Check{
		Name: "CPU quota", Found: "none",
		Means: "A container that has used up its quota stands still for the rest of 100 ms: that forges tails of latency.",
	}
	var cores float64
	if _, err := fmt.Sscanf(f.Host.Quota, "%f cores", &cores); err != nil {
		return c
	}
	c.Found = f.Host.Quota
	return c.unless(cores < float64(min(2, len(f.Host.Usable))), "docker update --cpus 0 CONTAINER # outside; then pin it: --cpuset-cpus")
}

func (f Facts) foreign() Check {
	c := Check{
		Name: "foreign CPU", Found: fmt.Sprintf("others used %.2f of a core over %v", f.Quiet.Foreign, f.Watched),
		Means: fmt.Sprintf("Runs beside which others use more than %.2f of a core are repeated, at most three times, and then do not count.", MaxForeign),
	}
	if c, unknown := f.unknown(c, "Quiet"); unknown {
		return c
	}
	return c.unless(f.Quiet.Foreign > MaxForeign, "top -o %CPU # and stop what need not run")
}

func (f Facts) steal() Check {
	c := Check{
		Name: "steal", Found: fmt.Sprintf("the hypervisor took %.2f of a core over %v", f.Quiet.Steal, f.Watched),
		Means: fmt.Sprintf("Runs from which the hypervisor takes more than %.2f of a core are repeated, at most three times, and then do not count.", MaxSteal),
	}
	if c, unknown := f.unknown(c, "Quiet"); unknown {
		return c
	}
	return c.unless(f.Quiet.Steal > MaxSteal, "") // another hour, or another machine
}

func (f Facts) pressure() Check {
	const most = 0.10
	c := Check{
		Name: "CPU pressure", Found: fmt.Sprintf("some process waited for a core %.0f %% of the last 10 s", 100*f.Pressure),
		Means: "Where processes wait for cores before anything is measured, they will wait while it is.",
	}
	if c, unknown := f.unknown(c, "Pressure"); unknown {
		return c
	}
	return c.unless(f.Pressure > most, "top -o %CPU # and stop what need not run")
}

func (f Facts) load() Check {
	c := Check{
		Name: "load average", Found: fmt.Sprintf("%.2f over the last minute", f.Load),
		Means: "It tells of the minute before: more runnable processes than cores slow whatever is measured.",
	}
	if c, unknown := f.unknown(c, "Load"); unknown {
		return c
	}
	// Twice: a build just before makes it the number of cores, and is over.
	return c.unless(f.Load > float64(2*max(1, len(f.Host.Usable))), "sleep 60 # or stop what need not run")
}

func (f Facts) governor() Check {
	c := Check{
		Name: "frequency governor", Found: f.Host.Governor,
		Means: "A core that is clocked by its load is slow when a run begins, and runs are compared whose clocks differ.",
	}
	if c.Found == "" {
		c.Found = "not told by this machine"
		return c
	}
	return c.unless(f.Host.Governor != "performance", "sudo cpupower frequency-set -g performance")
}

func (f Facts) files(n Needs) Check {
	const least = 256 // below it no load at all can be put on a server
	c := Check{
		Name: "open files", Found: fmt.Sprintf("at most %d", f.Host.OpenFiles), Fatal: f.Host.OpenFiles > 0 && f.Host.OpenFiles < least,
		Means: fmt.Sprintf("Every connection is one; the bench needs about %d, and requests beyond the limit fail.", max(n.Files, least)),
	}
	if f.Host.OpenFiles == 0 {
		c.Found = "not told by this machine"
		return c
	}
	return c.unless(f.Host.OpenFiles < uint64(max(n.Files, least)), fmt.Sprintf("sudo prlimit --pid $$ --nofile=%d", max(2*n.Files, 4096)))
}

func (f Facts) memory(n Needs) Check {
	c := Check{
		Name: "memory", Found: bytes(f.Memory) + " available",
		Means: "The servers of the bench need about " + bytes(n.Memory) + " at once; where it is short the kernel swaps, or kills them.",
	}
	if c, unknown := f.unknown(c, "Memory"); unknown {
		return c
	}
	return c.unless(f.Memory < n.Memory, "ps aux --sort -rss | head # and stop what need not run")
}

func bytes(n uint64) string {
	if n >= 1<<30 {
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	}
	return fmt.Sprintf("%d MiB", n>>20)
}

func (f Facts) pss() Check {
	c := Check{
		Name: "PSS", Found: "readable (/proc/PID/smaps_rollup)",
		Means: "Without it nothing can be said of the memory that workers share, nor can a run end its readings.",
	}
	if f.NoPSS != "" {
		c.Status, c.Found, c.Fatal = Missing, f.NoPSS, true
	}
	return c
}

func (f Facts) backlog(n Needs) Check {
	c := Check{
		Name: "somaxconn", Found: strconv.Itoa(f.Host.Somaxconn),
		Means: fmt.Sprintf("The kernel cuts a longer backlog to it without a word; the bench asks for up to %d.", n.Backlog),
	}
	if f.Host.Somaxconn == 0 {
		c.Found = "not told by this machine"
		return c
	}
	return c.unless(f.Host.Somaxconn < n.Backlog, fmt.Sprintf("sudo sysctl -w net.core.somaxconn=%d", max(4096, n.Backlog)))
}

func (f Facts) synBacklog() Check {
	const least = 256 // the most clients that connect in one instant and then go on doing so
	c := Check{
		Name: "tcp_max_syn_backlog", Found: strconv.Itoa(f.SynBacklog),
		Means: "So many connections may be half open; of a burst beyond it the first packets are lost and sent again a second later.",
	}
	if c, unknown := f.unknown(c, "SynBacklog"); unknown {
		return c
	}
	return c.unless(f.SynBacklog < least, "sudo sysctl -w net.ipv4.tcp_max_syn_backlog=2048")
}

func (f Facts) overflow() Check {
	c := Check{
		Name: "tcp_abort_on_overflow", Found: "0",
		Means: "0, the default: connections beyond a full backlog wait and try again; with 1 they are reset, and backlog-overflow sees another kernel than it speaks of.",
	}
	if c, unknown := f.unknown(c, "Aborts"); unknown {
		return c
	}
	if f.Aborts {
		c.Found = "1"
	}
	return c.unless(f.Aborts, "sudo sysctl -w net.ipv4.tcp_abort_on_overflow=0")
}

func (f Facts) ports() Check {
	const least = 10_000 // a run of a few seconds at 1000 to 2000 connections a second
	var low, high int
	c := Check{
		Name:  "ports",
		Means: "A connection per request takes a port, to the same server for a minute more: where none is free connecting fails, and where few are the kernel searches.",
	}
	if n, err := fmt.Sscan(f.Host.PortRange, &low, &high); n != 2 || err != nil {
		c.Found = "not told by this machine"
		return c
	}
	all := high - low + 1
	c.Found = fmt.Sprintf("%d, %d sockets in TIME_WAIT", all, f.TimeWait)
	if all < least {
		return c.unless(true, `sudo sysctl -w net.ipv4.ip_local_port_range="16384 60999"`)
	}
	return c.unless(f.TimeWait > all, "sleep 60") // fewer wait for servers that are no more
}

// A tool is a program that some task of a developer needs, or a module of Debian's Python.
type tool struct {
	name     string
	programs []string // any of them, or …
	module   string   // … this one, which /usr/bin/python3 imports
	means    string
	mend     string // Debian's way
}

// python is the interpreter that has Debian's modules.
const python = "/usr/bin/python3"

func tools() []tool {
	return []tool{
		{"C compiler", []string{"gcc", "clang", "cc"}, "", "Without it the tests run, but without the race detector (make test).", "sudo apt-get install gcc libc6-dev"},
		{"wrk", []string{"wrk"}, "", "Without it our speed cannot be compared with others' (make perf).", "sudo apt-get install wrk"},
		{"SimPy", nil, "simpy", "Without it the simulator's speed stands alone (make perf SUITE=sim).", "sudo apt-get install python3-simpy3"},
		{"chromium", []string{"chromium", "chromium-browser", "google-chrome"}, "", "Without it the report is not tested in a browser (make test).", "sudo apt-get install chromium"},
	}
}

func (f Facts) tool(t tool) Check {
	c := Check{Name: t.name, Found: f.Tools[t.name], Means: t.means, Tool: true}
	if c.Found == "" {
		c.Status, c.Found, c.Mend = Missing, "none of "+strings.Join(t.programs, ", ")+" found", t.mend
		if t.module != "" {
			c.Found = python + " cannot import " + t.module
		}
	}
	return c
}
