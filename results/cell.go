package results

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A Cell says where in its experiment's matrix a record stands: axis → string, number or bool.
// Numbers of any type are equal if their values are: what was stored as the int 4 is read as the
// float64 4.
type Cell map[string]any

// String is the cell in words, the axes that it names in alphabetical order: "class=sync workers=4".
func (c Cell) String() string {
	var b strings.Builder
	for _, axis := range slices.Sorted(maps.Keys(c)) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(axis)
		b.WriteByte('=')
		b.WriteString(Text(c[axis]))
	}
	return b.String()
}

// Equal reports whether both are the same cell: an axis that one does not name is at its default there.
func (c Cell) Equal(other Cell) bool {
	return maps.EqualFunc(c.Sparse(), other.Sparse(), SameValue)
}

// Number returns the axis's value as a number. It is false if there is none.
func (c Cell) Number(axis string) (float64, bool) {
	n, ok := normal(c[axis]).(float64)
	return n, ok
}

// SameValue compares two values of an axis: numbers by value whatever their types, others by identity.
func SameValue(a, b any) bool {
	x, y := normal(a), normal(b)
	return x != nil && x == y
}

// Text writes an axis's value as a person would: 4, 0.5, sync, true.
func Text(value any) string {
	switch v := normal(value).(type) {
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	}
	return fmt.Sprint(value)
}

func (c Cell) check() error {
	var faults []error
	for axis, value := range c {
		switch v := normal(value).(type) {
		case nil:
			faults = append(faults, fmt.Errorf("cell axis %s: a %T is neither string, number nor bool", axis, value))
		case float64:
			if !finite(v) {
				faults = append(faults, fmt.Errorf("cell axis %s is %v", axis, v))
			}
		}
	}
	return errors.Join(faults...)
}

// normal turns a value into the string, float64 or bool that a JSON round trip makes of it; nil if
// it is of another type. Named types are refused on purpose: a time.Duration would be stored as
// nanoseconds without saying so.
func normal(value any) any {
	switch v := value.(type) {
	case string, bool, float64:
		return v
	case float32:
		return float64(v)
	case int:
		return float64(v)
	case int32:
		return float64(v)
	case int64:
		return float64(v)
	case uint:
		return float64(v)
	case uint32:
		return float64(v)
	case uint64:
		return float64(v)
	}
	return nil
}

// compareValues orders an axis's values: numbers by size before everything else, then text.
func compareValues(a, b any) int {
	x, xNumber := normal(a).(float64)
	y, yNumber := normal(b).(float64)
	switch {
	case xNumber && yNumber:
		return cmp.Compare(x, y)
	case xNumber:
		return -1
	case yNumber:
		return 1
	}
	return cmp.Compare(Text(a), Text(b))
}
