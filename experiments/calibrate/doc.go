// Package calibrate measures a real deployment a little, and notes what package models/capacity needs to know:
// it starts the deployment's own command in a few sizes (Calibrate), or takes what runs already as it is (Find,
// Attach), and puts a load on it.
//
// Of what runs, only /proc is read and only requests are sent: it is not started, not stopped, and gets no
// signal. The processes that hold its listening socket are its own, and their common parent is the arbiter.
package calibrate
