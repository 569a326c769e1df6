package main

import "time"

// A sample is one measurement of one cell.
type sample struct {
	Rate    float64       // requests/s
	CPU     time.Duration // of the server, a request
	P50     time.Duration // latency
	Account account
}

// An account says where the CPU time of a stretch went, in cores.
type account struct {
	Server    float64 `json:"server_cores"`    // the server's processes
	Generator float64 `json:"generator_cores"` // wrk
	Foreign   float64 `json:"foreign_cores"`   // everybody else on this machine
	Steal     float64 `json:"steal_cores"`     // the hypervisor's other guests
}
