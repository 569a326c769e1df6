// Package page writes a document of sections, tables and figures: as one HTML file that opens offline (WriteHTML), as
// Markdown (WriteMarkdown), and its tables in a terminal (Table.Print). Verdicts, plans and whatever else is told at
// length are Documents, so that each is said once.
//
// Texts are messages (package text), whose English is the key to other languages: a Document lists the languages that
// it is read in, and the page lets its reader choose. The page needs no script, no font and no network: its figures are
// SVG with a data table under each, its languages stand side by side and radio buttons choose between them. Where script
// runs, figures with numeric axes can also be zoomed (uPlot, whose licence is in assets).
package page
