package scenario

import "strings"

// Nearest is the name that differs from a word by one or two slips; "" where none does.
func Nearest(word string, names []string) (name string) {
	least := min(2, (len(word)+1)/2) + 1
	for _, n := range names {
		if d := distance(strings.ToLower(word), n); d < least {
			name, least = n, d
		}
	}
	return name
}

// distance is how many slips make one word of another: a letter that is too much, missing, another one, or has changed
// places with its neighbour (Damerau, Communications of the ACM 7(3), 1964).
func distance(a, b string) int {
	d := make([][]int, len(a)+1) // of the first i letters of a and the first j of b
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for j := range d[i] {
			switch {
			case i == 0 || j == 0:
				d[i][j] = i + j
			case a[i-1] == b[j-1]:
				d[i][j] = d[i-1][j-1]
			default:
				d[i][j] = 1 + min(d[i-1][j-1], d[i-1][j], d[i][j-1])
				if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					d[i][j] = min(d[i][j], 1+d[i-2][j-2])
				}
			}
		}
	}
	return d[len(a)][len(b)]
}
