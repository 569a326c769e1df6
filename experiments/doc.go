// Package experiments says what an experiment is: one claim about worker models as a falsifiable sentence,
// the trials that can decide it, and a judge, a pure function from the records to a verdict (Experiment).
// NewPlan merges the trials of several into one plan, On puts them to several softwares, Verdicts judges
// them together, and Interim chooses what to add for those that the planned blocks left undecided.
//
// An experiment only describes. What a trial is stands in package trial, how it is carried out so that its
// figures can be believed in package rig, and how records become a verdict in package judge.
//
// Each folder below with an experiment.go holds one claim: doc.go says it with its theory (the same text
// is the command's help), experiment.go its trials, judge.go its verdict and figures. Package catalog lists
// them.
package experiments
