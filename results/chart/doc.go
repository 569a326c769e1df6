// Package chart draws figures of measurements and theory: points with intervals, lines, steps over time and tables of
// shades. A Chart is data; Chart.WriteSVG and Chart.WritePNG make files of it, Chart.Inline the drawings for a page that
// sets title and legend itself and follows a reader's light or dark. Colours and shapes follow the series' names, are the
// same in every panel, and can be told apart by the colour-blind.
package chart
