// Package scenario reads a scenario file: a server, the demands of its handler, and a load. The same file
// is a simulation and a prediction.
//
//	system: {class: gthread, workers: 2, threads: 4, gil: true, keepalive: 2s, timeout: 30s}
//	cores: 2
//	handler: [{cpu: 2ms}, {wait: 20ms, dist: exp}]
//	load: {arrivals: poisson, rate: 100, duration: 30s, warmup: 2s}
//	seed: 1
//
// What is not there has the server's default. A key that is not known, or a value that means nothing, is
// an error with its line.
package scenario
