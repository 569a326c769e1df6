// Package analysis turns records into what may be claimed: estimates with intervals, verdicts,
// figures and the report. It holds no measuring and no judging of a particular claim.
//
// # The method
//
// The run is the unit, never the request: requests of one run share its luck, and a rank test on
// raw requests of identical runs called 92 % of them different. Runs come in blocks (every cell once,
// in random order), and what is compared is the logarithm of one figure a run:
//
//	log y = block + cell + error                                                            (1)
//
// fitted by least squares, with one pooled residual, t intervals, and effects as ratios: see
// FitBlocks. Of identical pairs this calls 5 % different, at three blocks and at five
// (TestFalsePositives), where a bootstrap of medians called 23 % and 8 %.
//
// A claim has one primary contrast and a threshold declared before the run. AtLeast, AtMost and
// Within turn an interval into an outcome; All and Strata join the outcomes of a claim's parts; Holm
// (through Adjust) pays for judging several claims at once.
//
// Sources: Montgomery, Design and Analysis of Experiments, ch. 4 (randomised blocks, blocks with
// missing cells); Searle, Casella & McCulloch, Variance Components, ch. 5 (the block component);
// Holm, Scand. J. Statist. 6 (1979) 65–70; Clopper & Pearson, Biometrika 26 (1934) 404–413; Efron &
// Tibshirani, An Introduction to the Bootstrap, ch. 13 (percentile intervals), resampling whole runs.
package analysis
