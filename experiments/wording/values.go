package wording

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Values are the figures of a claim by the names that stand for them in its texts: numbers, times, and names
// that are the same in every language (a request's demands, the shape of a server).
type Values map[string]any

// named is a place for a value.
var named = regexp.MustCompile(`\{([a-zA-Z]\w*)\}`)

// English is a text with the values in their places. A name without a value stays as it is; Text.Check tells.
func (v Values) English(s string) string { return v.fill(s, " s") }

// Korean is the same in Korean.
func (v Values) Korean(s string) string { return v.fill(s, "초") }

func (v Values) fill(s, seconds string) string {
	if !strings.Contains(s, "{") {
		return s
	}
	return named.ReplaceAllStringFunc(s, func(place string) string {
		value, ok := v[strings.Trim(place, "{}")]
		if !ok {
			return place
		}
		return shown(value, seconds)
	})
}

// shown is a value as a person reads it.
func shown(value any, seconds string) string {
	switch x := value.(type) {
	case time.Duration:
		return shownTime(x, seconds)
	case float64:
		return shownNumber(x)
	case int:
		return shownNumber(float64(x))
	case int64:
		return shownNumber(float64(x))
	case []int:
		return shownList(x, seconds)
	case []time.Duration:
		return shownList(x, seconds)
	}
	return fmt.Sprint(value)
}

func shownList[T any](values []T, seconds string) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = shown(v, seconds)
	}
	return strings.Join(parts, ", ")
}

func shownTime(d time.Duration, seconds string) string {
	switch {
	case d != 0 && d < time.Millisecond:
		return shownNumber(float64(d)/float64(time.Microsecond)) + " µs"
	case d != 0 && d < time.Second:
		return shownNumber(float64(d)/float64(time.Millisecond)) + " ms"
	}
	return shownNumber(d.Seconds()) + seconds
}

// shownNumber has three digits, or all of those before the point: 0.357, 2.5, 136, 12 000.
func shownNumber(x float64) string {
	whole := math.Round(x)
	if math.Abs(x) < 1000 && math.Abs(x-whole) > 1e-9 {
		return strconv.FormatFloat(x, 'g', 3, 64)
	}
	digits := strconv.FormatFloat(math.Abs(whole), 'f', 0, 64)
	if len(digits) > 4 { // years and ports have four, and no gap
		for i := len(digits) - 3; i > 0; i -= 3 {
			digits = digits[:i] + "\u00a0" + digits[i:]
		}
	}
	if whole < 0 {
		return "−" + digits
	}
	return digits
}
