// Package calibrate measures a real deployment a little: it starts the deployment's own command in a few
// sizes, puts a load on each, and notes what package models/capacity needs to know.
package calibrate
