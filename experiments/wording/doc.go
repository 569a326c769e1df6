// Package wording holds what a claim says, each thing once: its doc.go in English, and its ko.md in Korean,
// paragraph by paragraph the same; and in ko.json the Korean of the phrases of its judge and its figures.
//
// None of them holds a figure. A name in braces stands for one ({later}), and Values fill it from the constants that
// the judge judges by and the trials run with: who changes a constant changes what is said of it, in both languages.
package wording
