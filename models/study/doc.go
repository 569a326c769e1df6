// Package study says what a scenario comes to: Predict by closed forms, Simulate by as many replications as the figures
// need. Both return a Report of figures in base units, with their intervals, and a note of what they rest on.
//
// A prediction has a form's answer where one is exact or its measured error is at most models.Worst; else it says why
// there is none, and has the simulation's answer, named as such.
package study
