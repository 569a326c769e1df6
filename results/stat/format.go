package stat

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// scale is how figures of a base unit are shown: divided by per, with the name in the unit's place.
type scale struct {
	per  float64
	name string
}

// scaleOf picks the scale in which a figure of that size reads best. Units of which one is the first
// word ("bytes/worker", "seconds") are scaled; others stand as they are.
func scaleOf(size float64, unit string) scale {
	base, rest := unit, ""
	if i := strings.IndexAny(unit, "/ "); i > 0 {
		base, rest = unit[:i], unit[i:]
	}
	steps := map[string][]scale{
		"bytes":   {{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}, {1, "bytes"}},
		"seconds": {{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}, {1e-9, "ns"}},
		"s":       {{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}, {1e-9, "ns"}},
		"share":   {{0.01, "%"}},
	}[base]
	if len(steps) == 0 {
		return scale{1, unit}
	}
	for _, step := range steps {
		if math.Abs(size) >= step.per {
			return scale{step.per, step.name + rest}
		}
	}
	last := steps[len(steps)-1]
	if size == 0 {
		last = steps[0]
		if base == "bytes" {
			last = steps[len(steps)-1]
		}
	}
	return scale{last.per, last.name + rest}
}

// Format writes a figure for a person: three digits, base units scaled ("bytes" to MiB, "seconds" to
// ms, "share" to %).
func Format(value float64, unit string) string {
	s := scaleOf(value, unit)
	return withUnit(digits(value/s.per), s.name)
}

// FormatInterval writes an estimate and its bounds in one unit, the same in every language:
// "6.97 × (6.81–7.14)", with an open bound "6.97 × (≥ 6.81)".
func FormatInterval(i Interval, unit string) string {
	if math.IsNaN(i.Estimate) {
		return "?"
	}
	s := scaleOf(i.Estimate, unit)
	if i.Estimate == 0 && Finite(i.High) {
		s = scaleOf(i.High, unit)
	}
	text := withUnit(digits(i.Estimate/s.per), s.name)
	low, high := i.Low/s.per, i.High/s.per
	switch {
	case i.Confidence == 0 || !i.Known():
		return text
	case math.IsInf(low, -1) && math.IsInf(high, 1):
		return text
	case math.IsInf(low, -1):
		return fmt.Sprintf("%s (≤ %s)", text, digits(high))
	case math.IsInf(high, 1):
		return fmt.Sprintf("%s (≥ %s)", text, digits(low))
	}
	return fmt.Sprintf("%s (%s–%s)", text, digits(low), digits(high))
}

func withUnit(number, unit string) string {
	if unit == "" {
		return number
	}
	return number + " " + unit
}

// digits writes three significant digits, whole numbers from 100 up without an exponent.
func digits(x float64) string {
	switch size := math.Abs(x); {
	case !Finite(x):
		return strconv.FormatFloat(x, 'g', -1, 64)
	case size >= 1e9:
		return strconv.FormatFloat(x, 'g', 3, 64)
	case size >= 99.95:
		return strconv.FormatFloat(math.Round(x), 'f', 0, 64)
	case size >= 9.995:
		return strconv.FormatFloat(x, 'f', 1, 64)
	case size >= 0.9995:
		return strconv.FormatFloat(x, 'f', 2, 64)
	}
	return strconv.FormatFloat(x, 'g', 3, 64)
}
