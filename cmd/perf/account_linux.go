package main

import (
	"time"

	"github.com/workerlab/workerlab/server/proc"
)

// A reading is the state of the counters that an account is the difference of.
type reading struct {
	at     time.Time
	server time.Duration
	host   proc.Host
}

func read(pid int) (reading, error) {
	usage, err := proc.TreeUsage(pid)
	if err != nil {
		return reading{}, err
	}
	host, err := proc.ReadHost()
	return reading{time.Now(), usage.CPU, host}, err
}

// since returns the account of the time from begin to end, of which wrk used generator.
func since(begin, end reading, generator time.Duration) account {
	took := end.at.Sub(begin.at).Seconds()
	server := (end.server - begin.server).Seconds()
	host := end.host.Sub(begin.host)
	return account{
		Server:    server / took,
		Generator: generator.Seconds() / took,
		Foreign:   max(0, host.Busy.Seconds()-server-generator.Seconds()) / took,
		Steal:     host.Steal.Seconds() / took,
	}
}
