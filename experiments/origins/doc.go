// Package origins sets simulation and closed form beside the measurement of the same trials. It makes a
// simulated record for every run of a trial that package models/sim can hold, and a predicted one for every
// trial that its worker class has a closed form for; it tells how far both are off, and draws the three over
// each other with what is left between them.
//
// # What is given
//
// A simulated run has its trial's server (class, workers, threads, lock, backlog, timeouts, max-requests),
// the cores of its place, and the very requests that the real server is sent in the same block: the same
// intended times, demands and think times (experiments.Trial.Sends). Of a closed loop, whose clients begin
// together, those served first are set apart by random phases: a simulator that shares cores ideally would
// otherwise keep requests of a fixed length in step, as no scheduler does. What a trial has that the simulator or
// the closed form does not hold is said (Unsimulated, Unpredicted) and the trial is left out.
//
// # What is fitted to what
//
// One thing is not given but fitted: what the server itself computes for a request, beyond what the request
// asks for (Overhead). It is the CPU time a request of measured runs less what was asked, and with it the
// times that a request takes the interpreter lock. The measured cells of one kind (class, lock, place,
// demand, arrivals and keep-alive) share one Overhead, taken from the cell whose server was busiest: there it
// matters most, and an idle server's requests take more for want of warm caches. So the throughput of that
// one cell, where its cores are the limit, is a fit and no prediction, and its records say so
// (overhead_fitted is 1); all others of its kind are predictions, and so are response times, of all. Where
// nothing of its kind was measured, the busiest cell of the same class, lock and place stands in; where
// no measured run counts it is 0.
//
// # What is left out of both
//
// The load generator's own share of cores that it has in common with the server, work that takes longer
// where both halves of a core are busy, timers that wake late. Workers are all alike in the race for
// connections (sim.Config.Bias is 0); of two real gthread workers one gets 60 to 85 % of them in the
// reference run of the standard profile (busiest_share). All this is part of the residuals.
package origins
