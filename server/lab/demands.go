package lab

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/poll"
)

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
	for d, err := range spec.Each(list) {
		if err == nil {
			err = a.possible(d)
		}
		if err != nil {
			return text(x, 400, err.Error()+"\n")
		}
	}
	for d := range spec.Each(list) {
		if err := a.demand(x, d); err != nil {
			return err
		}
	}
	return hello(x)
}

// possible says why this server cannot do what it is asked for, and how one is started that can.
func (a *app) possible(d spec.Demand) error {
	switch {
	case d.Law != spec.Even:
		return fmt.Errorf("step %q: a length is drawn by whoever asks: want a fixed one, as in wait:20ms", d)
	case d.Kind == spec.Touch && len(a.memory.pages) == 0:
		return errors.New("touch: the app has no memory: start the server with --app-memory")
	case d.Kind == spec.Leak && !a.Faults:
		return errors.New("leak: faults are off: start the server with --faults")
	}
	return nil
}

func (a *app) demand(x *exchange.Exchange, d spec.Demand) error {
	switch d.Kind {
	case spec.CPU:
		return x.CPU(d.For)
	case spec.Wait:
		return x.Wait(d.For)
	case spec.Block:
		return x.Do(func() { poll.Sleep(d.For) })
	case spec.Touch:
		a.memory.touch(d.Share)
	case spec.Leak:
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
