// Package spec is the vocabulary of the lab: what a server is (Server), what a request asks for (Demands),
// what clients do (Load), on what machine (Machine), and what the server itself costs (Overhead). The real
// server, the claims' trials, scenario files, the simulator and the planner all speak of them in these types,
// so that one description is served, measured, simulated and predicted.
//
// Guarantees: the types are plain data; their zero values are documented and mean the defaults of gunicorn;
// what is drawn takes its random source from the caller. The package imports neither os nor net, so it also
// builds for a browser.
package spec
