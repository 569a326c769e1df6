package lab

import (
	"fmt"
	"iter"
	"net/url"
	"strings"
	"time"

	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/poll"
)

// A Demand is one step of /task.
type Demand struct {
	Kind string // cpu, wait or block
	For  time.Duration
}

// Longest is the most that one step may ask for.
const Longest = time.Hour

// Demands reads a list like "cpu:2ms,wait:20ms", step by step. It ends with the first error, which
// names the step and what is wrong with it.
func Demands(list string) iter.Seq2[Demand, error] {
	return func(yield func(Demand, error) bool) {
		for step := range strings.SplitSeq(list, ",") {
			if d, err := parseDemand(step); !yield(d, err) || err != nil {
				return
			}
		}
	}
}

func parseDemand(step string) (Demand, error) {
	kind, amount, _ := strings.Cut(step, ":")
	switch kind {
	case "cpu", "wait", "block":
	default:
		return Demand{}, fmt.Errorf("step %q: the kind must be cpu, wait or block, as in cpu:2ms", step)
	}
	d, err := time.ParseDuration(amount)
	if err != nil {
		return Demand{}, fmt.Errorf("step %q: %q is not a duration such as 2ms or 1.5s", step, amount)
	}
	if d < 0 || d > Longest {
		return Demand{}, fmt.Errorf("step %q: a step takes from 0 to %v", step, Longest)
	}
	return Demand{kind, d}, nil
}

// task reads its demands twice, first to refuse bad ones before any is made, and keeps no list: what a
// handler allocates, each of a worker's threads comes to hold a cache of.
func task(x *exchange.Exchange) error {
	list, err := listOf(string(x.Req.Query()))
	if err != nil {
		return text(x, 400, err.Error()+"\n")
	}
	if list == "" {
		return hello(x)
	}
	for _, err := range Demands(list) {
		if err != nil {
			return text(x, 400, err.Error()+"\n")
		}
	}
	for d := range Demands(list) {
		if err := demand(x, d); err != nil {
			return err
		}
	}
	return hello(x)
}

func demand(x *exchange.Exchange, d Demand) error {
	switch d.Kind {
	case "cpu":
		return x.CPU(d.For)
	case "wait":
		return x.Wait(d.For)
	}
	return x.Do(func() { poll.Sleep(d.For) })
}

// listOf is the query's do parameter, unescaped; empty if there is none.
func listOf(query string) (string, error) {
	for pair := range strings.SplitSeq(query, "&") {
		if list, ok := strings.CutPrefix(pair, "do="); ok {
			plain, err := url.QueryUnescape(list)
			if err != nil {
				return "", fmt.Errorf("query %q: %w", query, err)
			}
			return plain, nil
		}
	}
	return "", nil
}
