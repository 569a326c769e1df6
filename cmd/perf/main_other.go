//go:build !linux

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "perf: it measures on Linux only")
	os.Exit(1)
}
