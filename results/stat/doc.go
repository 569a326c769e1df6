// Package stat estimates: means, medians, shares, slopes and differences, each with an interval that says what it
// rests on. It draws nothing, reads no file, and builds for a browser.
//
// An Estimate has an error of Student's distribution: Estimate.Interval gives its bounds, Estimate.Test a p-value.
// Mean, MeanOn, Binomial, Share, MedianInterval and Spread return an Interval at once. There is one median and one
// quantile of values (Quantile), and one rule for the quantiles of requests (Told). Holm and BenjaminiHochberg pay
// for testing several things at once; MoreBlocks foretells how many runs would settle an open question. Too few data
// are a *FewError, arguments without a meaning a *DomainError.
//
// Models that need linear algebra are in package regress, figures in package chart; what an interval says of a claim
// is for results.Within.
//
// Sources: Holm, Scand. J. Statist. 6 (1979) 65–70; Clopper & Pearson, Biometrika 26 (1934) 404–413; Hyndman & Fan,
// The American Statistician 50 (1996) 361–365.
package stat
