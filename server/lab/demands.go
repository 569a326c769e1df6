package lab

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/poll"
)

// A Demand is one step of /task.
type Demand struct {
	Kind  Kind
	For   time.Duration // of CPU, Wait and Block
	Share float64       // of Touch, 0 to 1
	Bytes int64         // of Leak
}

// Kind says what a step demands.
type Kind string

// The kinds of step.
const (
	CPU   Kind = "cpu"   // calibrated work
	Wait  Kind = "wait"  // time off the CPU
	Block Kind = "block" // a wait that does not yield: an event loop stands still meanwhile
	Touch Kind = "touch" // write to that share of the app memory: of every page the first byte, from the start
	Leak  Kind = "leak"  // keep so much memory for good; needs faults switched on
)

// Bounds of a step, so that a slip of the pen does not take the host down.
const (
	Longest = time.Hour // of one CPU, Wait or Block
	Largest = 1 << 30   // bytes of one Leak, and of one answer of /bytes
)

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
	d := Demand{Kind: Kind(kind)}
	var err error
	switch d.Kind {
	case CPU, Wait, Block:
		d.For, err = parseTime(amount)
	case Touch:
		d.Share, err = parseShare(amount)
	case Leak:
		d.Bytes, err = parseSize(amount)
	default:
		err = errors.New("the kind must be cpu, wait, block, touch or leak, as in cpu:2ms")
	}
	if err != nil {
		return Demand{}, fmt.Errorf("step %q: %w", step, err)
	}
	return d, nil
}

func parseTime(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a duration such as 2ms or 1.5s", s)
	}
	if d < 0 || d > Longest {
		return 0, fmt.Errorf("a step takes from 0 to %v", Longest)
	}
	return d, nil
}

func parseShare(s string) (float64, error) {
	share, err := strconv.ParseFloat(s, 64)
	if err != nil || !(0 <= share && share <= 1) { // not a number is neither
		return 0, fmt.Errorf("%q is not a share of the app memory from 0 to 1, such as 0.5", s)
	}
	return share, nil
}

// parseSize reads a number of bytes: plain (12000000, 1e6), or with a unit, decimal or binary.
func parseSize(s string) (int64, error) {
	number := strings.TrimRight(s, "BKMGki")
	unit, known := map[string]float64{
		"": 1, "B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
	}[s[len(number):]]
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || !known || !(0 <= n && n*unit <= Largest) {
		return 0, fmt.Errorf("%q is not a number of bytes from 0 to %d, such as 1e6 or 64KiB", s, Largest)
	}
	return int64(math.Round(n * unit)), nil
}

// task reads its demands twice, first to refuse bad ones before any is made, and keeps no list: what a
// handler allocates, each of a worker's threads comes to hold a cache of.
func (a *app) task(x *exchange.Exchange) error {
	list, err := parameter(string(x.Req.Query()), "do")
	if err != nil {
		return text(x, 400, err.Error()+"\n")
	}
	if list == "" {
		return hello(x)
	}
	for d, err := range Demands(list) {
		if err == nil {
			err = a.possible(d)
		}
		if err != nil {
			return text(x, 400, err.Error()+"\n")
		}
	}
	for d := range Demands(list) {
		if err := a.demand(x, d); err != nil {
			return err
		}
	}
	return hello(x)
}

// possible says why this server cannot do what it is asked for, and how one is started that can.
func (a *app) possible(d Demand) error {
	switch {
	case d.Kind == Touch && len(a.memory.pages) == 0:
		return errors.New("touch: the app has no memory: start the server with --app-memory")
	case d.Kind == Leak && !a.Faults:
		return errors.New("leak: faults are off: start the server with --faults")
	}
	return nil
}

func (a *app) demand(x *exchange.Exchange, d Demand) error {
	switch d.Kind {
	case CPU:
		return x.CPU(d.For)
	case Wait:
		return x.Wait(d.For)
	case Block:
		return x.Do(func() { poll.Sleep(d.For) })
	case Touch:
		a.memory.touch(d.Share)
	case Leak:
		a.leaked.grow(int(d.Bytes))
	}
	return nil
}

// parameter is the first of a query's parameters with that name, unescaped; empty if there is none.
func parameter(query, name string) (string, error) {
	for pair := range strings.SplitSeq(query, "&") {
		if key, escaped, _ := strings.Cut(pair, "="); key == name {
			plain, err := url.QueryUnescape(escaped)
			if err != nil {
				return "", fmt.Errorf("query %q: %w", query, err)
			}
			return plain, nil
		}
	}
	return "", nil
}
