package trial

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
)

// A Path is a kind of request of a deployment, whose application nobody tells what to do.
type Path struct {
	Path   string  // such as /search?q=x
	Weight float64 // its share among the others
}

// ParsePath reads a path with its weight, after the last = or space: "/search?q=x=3" is three times as frequent
// as "/".
func ParsePath(text string) (Path, error) {
	p := Path{text, 1}
	if at := strings.LastIndexAny(text, "= "); at > 0 {
		if w, err := strconv.ParseFloat(text[at+1:], 64); err == nil {
			p = Path{text[:at], w}
		}
	}
	if !strings.HasPrefix(p.Path, "/") || strings.ContainsAny(p.Path, " \t") || !(p.Weight > 0) || math.IsInf(p.Weight, 0) {
		return p, errors.New("want a path that begins with / and has no spaces, and a weight above 0")
	}
	_, err := url.ParseRequestURI(p.Path)
	return p, err
}

// Asking is what a load that asks for the paths has in its Do, in place of demands: "/search?q=x=3 /=1".
func Asking(paths ...Path) string {
	words := make([]string, len(paths))
	for i, p := range paths {
		words[i] = fmt.Sprintf("%s=%g", p.Path, p.Weight)
	}
	return strings.Join(words, " ")
}

// Asked are the paths that a load asks for; none where it has demands.
func Asked(do string) (paths []Path, err error) {
	if !strings.HasPrefix(do, "/") {
		return nil, nil
	}
	for word := range strings.SplitSeq(do, " ") {
		p, err := ParsePath(word)
		if err != nil {
			return nil, fmt.Errorf("path %q: %w", word, err)
		}
		paths = append(paths, p)
	}
	return paths, nil
}
