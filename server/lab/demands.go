package lab

import (
	"fmt"
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

// ParseDemands reads a list like "cpu:2ms,wait:20ms". An error names the step and what is wrong.
func ParseDemands(list string) ([]Demand, error) {
	var demands []Demand
	for step := range strings.SplitSeq(list, ",") {
		d, err := parseDemand(step)
		if err != nil {
			return nil, err
		}
		demands = append(demands, d)
	}
	return demands, nil
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

func task(x *exchange.Exchange) error {
	list, err := demandsOf(string(x.Req.Query()))
	if err != nil {
		return text(x, 400, err.Error()+"\n")
	}
	for _, d := range list {
		switch d.Kind {
		case "cpu":
			err = x.CPU(d.For)
		case "wait":
			err = x.Wait(d.For)
		case "block":
			err = x.Do(func() { poll.Sleep(d.For) })
		}
		if err != nil {
			return err
		}
	}
	return hello(x)
}

func demandsOf(query string) ([]Demand, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, fmt.Errorf("query %q: %w", query, err)
	}
	if !values.Has("do") {
		return nil, nil
	}
	return ParseDemands(values.Get("do"))
}
