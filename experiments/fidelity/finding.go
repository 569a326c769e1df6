package fidelity

import "strings"

// A finding is one behaviour of those classes that behave alike, for a reader.
type finding struct {
	Behaviour    string
	Classes      string
	Same         bool
	Ours, Theirs string // what was seen, with the times of all classes; Theirs: "" where it is the same
	Reason       string
}

// findings puts together the rows of a behaviour that tell the same, in the order in which they stand.
func findings(rows []Row) (all []finding) {
	var alike [][]Row
	for _, row := range rows {
		i := 0
		for i < len(alike) && !alike[i][0].tells(row) {
			i++
		}
		if i == len(alike) {
			alike = append(alike, nil)
		}
		alike[i] = append(alike[i], row)
	}
	for _, rows := range alike {
		all = append(all, found(rows))
	}
	return all
}

// tells reports whether a row tells of another class what this one tells.
func (r *Row) tells(other Row) bool {
	return r.Behaviour == other.Behaviour && r.Same == other.Same && r.Reason == other.Reason &&
		r.Ours.plain() == other.Ours.plain() && r.Theirs.plain() == other.Theirs.plain()
}

// found is what rows tell that tell the same.
func found(rows []Row) finding {
	var classes []string
	var ours, theirs []Observation
	for _, row := range rows {
		classes = append(classes, row.Class)
		ours, theirs = append(ours, row.Ours), append(theirs, row.Theirs)
	}
	f := finding{Behaviour: rows[0].Behaviour, Classes: strings.Join(classes, ", "), Same: rows[0].Same}
	if f.Same {
		f.Ours = sentence(append(ours, theirs...)...)
		return f
	}
	f.Ours, f.Theirs, f.Reason = sentence(ours...), sentence(theirs...), rows[0].Reason
	if f.Reason == "" {
		f.Reason = unexplained
	}
	return f
}

// unexplained stands in the place of a reason that nobody knows.
const unexplained = "unexplained"
