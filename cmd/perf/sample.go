package main

import "time"

// A sample is one measurement of one cell.
type sample struct {
	Rate    float64       // requests/s
	CPU     float64       // of the server, seconds a request
	P50     time.Duration // latency
	OfForm  float64       // a simulation's figure over that of its closed form; 0 for a server
	Account account
}

// An account says where the CPU time of a stretch went, in cores.
type account struct {
	Server    float64 `json:"server_cores"`    // the server's processes
	Generator float64 `json:"generator_cores"` // wrk
	Foreign   float64 `json:"foreign_cores"`   // everybody else on this machine
	Steal     float64 `json:"steal_cores"`     // the hypervisor's other guests
}

// Limits beyond which a measurement says more of its neighbours than of the server, in cores.
const (
	mostForeign = 0.10
	mostSteal   = 0.05
)

// tainted judges by what others did alone, never by how the server fared.
func (a account) tainted() bool { return a.Foreign > mostForeign || a.Steal > mostSteal }

// disturbance orders tainted measurements.
func (a account) disturbance() float64 { return a.Foreign + a.Steal }
