// Package compare tells what changed between two runs: A, the one before, and B, the one after.
//
// # The model
//
// Two runs are two sessions. They share no block, so that nothing pairs a run of A with one of B, and
// the luck of a block does not cancel as it does between the cells of one run: it has to be counted.
// For each cell and figure, the logarithms of the runs' values are two samples, compared by Student's
// t with one variance for both,
//
//	log(B/A) = mean log B − mean log A ± t·s·√(1/a + 1/b)
//
// whose s holds the scatter between blocks as well as within them. Removing the blocks first would
// make the intervals narrower and wrong: of identical runs far more than 5 % would differ
// (TestBlocksMustBeCounted).
//
// Few runs say little of s, so cells lend each other strength: a cell whose few runs agree by luck has
// its variance drawn up towards what the cells of that figure have in common, the more the less they
// differ among themselves (after Smyth, Stat. Appl. Genet. Mol. Biol. 3(1), 2004, article 3). Identical
// cells then differ in 3 to 5 % of all comparisons, the noisiest included (TestFalsePositives).
//
// # What is declared
//
// Hundreds of comparisons are looked at together, so p-values are adjusted after Benjamini and
// Hochberg (J. R. Stat. Soc. B 57, 1995): of what is declared at most 5 % is expected to be no
// difference, and between identical runs anything at all is declared in at most 5 % of such
// pairs. Holm, as used for the claims, would promise that not one is wrong, at the price of
// missing most regressions; a list to be looked at does not need that. The intervals of what is
// declared are at 1 − 5 %·declared/compared (Benjamini and Yekutieli, J. Am. Stat. Assoc. 100, 2005),
// so that they exclude 1 exactly where the adjusted p-value is below 5 %; the others are at 95 %.
//
// A difference must also exceed max(2 %, the A/A noise): what the identical cells (twins) of either
// run differed by, of the same load where there are such twins.
//
// # What no statistics can tell
//
// A session's own luck: two sessions on one machine may differ by what the host did meanwhile, and
// that is in every ratio. Compare says so loudly where the hosts or their speed differ, and where the
// median cell has moved.
package compare
