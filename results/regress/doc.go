// Package regress fits the two models of runs that need linear algebra: levels of cells in randomised blocks
// (FitBlocks), and the universal scalability law of a sweep (FitUSL). What comes back are estimates and intervals of
// package stat.
//
// # Blocks
//
// The run is the unit, never the request: requests of one run share its luck, and a rank test on
// raw requests of identical runs called 92 % of them different. Runs come in blocks (every cell once,
// in random order), and what is compared is the logarithm of one figure a run:
//
//	log y = block + cell + error                                                            (1)
//
// fitted by least squares, with one pooled residual, t intervals, and effects as ratios. Of identical pairs this
// calls 5 % different, at three blocks and at five (TestFalsePositives), where a bootstrap of medians called 23 %
// and 8 %.
//
// Sources: Montgomery, Design and Analysis of Experiments, ch. 4 (randomised blocks, blocks with
// missing cells); Searle, Casella & McCulloch, Variance Components, ch. 5 (the block component).
package regress
