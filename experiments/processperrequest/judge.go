package processperrequest

import (
	"time"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
)

const (
	least  = 10.0 // a process over a worker that is there, where nothing is worked
	most   = 1.5  // and where 200 ms are
	paid   = 0.8  // of the application's start that each request pays at least
	left   = 0.2  // and that is left of it at most where it is loaded beforehand
	shared = 0.6  // a process that maps the application's memory over one that fills it
)

// text is a size for a reader.
func text(bytes float64) string { return stat.Format(bytes, "bytes") }

func verdict(j *judge.Judging) results.Verdict {
	cpu := j.Compare(judge.CPU, judged()...)
	idle := cpu.PrimaryRatio(working(each, nothing), working(there, nothing), least)
	busy := cpu.Ratio(working(each, long), working(there, long))
	parts := []judge.Part{
		judge.AtLeast(idle, least, "a process per request costs {least} times as much where nothing is worked"),
		judge.AtMost(busy, most, "it costs less than {most} times as much where {long} are"),
	}
	start := cpu.Added(working(each, nothing), working(there, nothing))
	j.Also("seconds", start, "CPU of a process that does nothing, F + R")
	if !j.Lacks(working(booting, nothing)) {
		parts = append(parts, loading(j, cpu)...)
	}
	j.Also("seconds", cpu.Added(working(loaded, nothing), working(there, nothing)), "CPU of a process whose application was loaded beforehand")
	cpu.Twins(working(each, nothing))
	throughput(j)
	return j.Conclude(j.All(parts...), "CPU of a request that does nothing, a process each over one worker", "×", idle,
		"Where each request has a process of its own, one that does nothing costs %s the CPU time that it costs in a worker that is there, and one that works {long} %s. The process costs %s.",
		stat.FormatInterval(idle, "×"), stat.FormatInterval(busy, "×"), stat.FormatInterval(start, "seconds"))
}

// loading are the parts about the application's start and size.
func loading(j *judge.Judging, cpu *judge.Comparison) []judge.Part {
	started := cpu.Added(working(booting, nothing), working(each, nothing))
	saved := cpu.Added(working(booted, nothing), working(each, nothing))
	mapping := cpu.Ratio(working(mapped, nothing), working(large, nothing))
	j.Also("seconds", started, "CPU added by a start of {boot}")
	j.Also("seconds", saved, "and where it was done beforehand")
	j.Also("seconds", cpu.Added(working(large, nothing), working(each, nothing)), "CPU added by {size} that each process fills")
	j.Also("seconds", cpu.Added(working(mapped, nothing), working(each, nothing)), "and that are mapped")
	return []judge.Part{
		judge.AtLeast(started, paid*boot.Seconds(), "each request pays {paid} %% of the application's start"),
		judge.AtMost(saved, left*boot.Seconds(), "loaded beforehand, less than {left} %% of the start is left"),
		judge.AtMost(mapping, shared, "with its memory mapped, a process costs less than {shared} times what it costs where it fills it"),
	}
}

// throughput tells how many waiting requests one worker holds, beside the formula: as many clients as there are
// wait at once, or the core is busy.
func throughput(j *judge.Judging) {
	rates := j.Values("throughput", waiting())
	if len(rates) == 0 {
		return
	}
	t := waiting()
	cost := time.Duration(stat.Average(j.Figures(judge.CPU, t)) * float64(time.Second))
	formula := min(float64(t.Load.Clients)/(wait+cost).Seconds(), 1/cost.Seconds())
	j.Also("requests/s", j.Beside(rates), "throughput of {wait} of waiting under one worker; by the formula at most %s", stat.Format(formula, "requests/s"))
}
