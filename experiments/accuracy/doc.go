// Package accuracy holds the predictions of package models/capacity to real servers: it calibrates a
// deployment by the runs that `workerlab plan` makes, predicts sizes and loads that it was not fitted to, and
// measures those.
//
// What is asked of the predictions:
//
//	saturation throughput    median error at most 5 %, nine of ten at most 10 %
//	p50 up to 80 % load      at most 10 %; p99 at most 15 %
//	memory (PSS)             at most 5 %, nine of ten at most 10 %
//	intervals of 90 %        hold 85 to 95 % of the cells
//
// A cell's error is held against twice its own variation from run to run where that is more.
package accuracy
