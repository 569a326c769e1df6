// Package file reads a scenario file: a server, the demands of its handler, and a load, as some lines of YAML.
//
//	system: {class: gthread, workers: 2, threads: 4, gil: true, keepalive: 2s, timeout: 30s}
//	cores: 2
//	handler: [{cpu: 2ms}, {wait: 20ms, dist: exp}]
//	load: {arrivals: poisson, rate: 100, duration: 30s, warmup: 2s}
//	seed: 1
//
// What is not there has the server's default: cores are given out as Linux does it, and workers race for a
// connection as they were found to. scheduler: ideal shares the cores equally at every instant, as queueing
// theory has it, and system.bias: 0 makes all workers alike. A time of 0 for keepalive, timeout and patience is
// none. A key that is not known, or a value that means nothing, is an error with its line.
package file
