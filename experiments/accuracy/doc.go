// Package accuracy holds the predictions of package models/capacity to real servers: it calibrates a
// deployment by the runs that `workerlab plan` makes, predicts sizes and loads that it was not fitted to, and
// measures those.
//
// What is asked of the predictions:
//
//	saturation throughput    median error at most 5 %, nine of ten at most 10 %
//	p50 up to 80 % load      median error at most 10 %; p99 at most 15 %
//	beyond                   the load at which p99 breaks an objective: median error at most 7 %
//	sync, same arrivals      p50, p95 and p99 each at most 5 %
//	memory (PSS)             median error at most 5 %, nine of ten at most 10 %
//	the lock                 delay by 1 to 4 threads that compute: median error at most 20 %
//	intervals of 90 %        hold 85 to 95 % of the runs
//	what is called safe      is not in at most 2 %
//	the best size by it      bears the objective at 95 % and more of what any size does
//	each part of the model   is worth having: without it errors are larger
//
// Nine of ten cells have to keep the wider goal, or twice their own variation from run to run where that is
// more.
//
// Calibrations and measurements are kept together, so that a change of the model can be held to them again. What it
// was changed by is no proof of it any more: that is a new run.
//
// The load generator is on the same cores as the server. Its work is part of what is predicted here, unlike in
// a plan. Predicted runs are as long as the measured ones, so that both scatter alike.
package accuracy
