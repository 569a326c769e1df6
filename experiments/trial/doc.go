// Package trial says what a measurement is, as plain data: which software serves in which configuration, on
// which cores, under what load, for how long, and what befalls it meanwhile (Trial). It starts nothing and
// measures nothing; package rig does.
//
//   - Trials with equal cells are the same trial, whichever claims they belong to (Trial.Cell, Trial.Key).
//   - Trials run in randomised complete blocks (Plan): every cell of a group once in each block, in an
//     order drawn from a recorded seed.
//   - What is random in a load, its arrivals, demands and thoughts, is drawn from that seed and the block,
//     and not from the cell: all servers of a block are asked for the same (Draws: common random numbers,
//     Law, Simulation Modeling and Analysis, 11.2).
//   - The loads under which several claims are tried stand here once (Waiting, Computing, Idle, Arriving,
//     Random, Dawdled, Lone), so that claims share their runs.
package trial
