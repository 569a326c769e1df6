// Package fidelity asks how like gunicorn our server is, class by class: with gunicorn's own classes as the
// standard, installed on the same machine and given the same settings.
//
// Two things are compared. The shape: how throughput and latency move along an axis (workers, threads,
// clients, load). Python takes more CPU time for a request than Go does, which says nothing about a worker
// class; so that difference is measured first, on one busy worker, and then given to our server as work of the
// application's. What is left should be one curve: each is divided by its own
// geometric mean, and the greatest quotient of the two is to be within 10 %.
//
// The behaviour: what a client sees over raw TCP when a request outlives the timeout, when a worker is
// killed, the server drained, a connection left idle, a head left half, requests sent two at once. What was
// observed is put into words without regard to wording, so that it is the same or it is not; a difference
// has its reason in a table here, or counts as unexplained.
package fidelity
