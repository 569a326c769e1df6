package fidelity

// A Row is one behaviour of one class, on both servers.
type Row struct {
	Behaviour string      `json:"behaviour"`
	Class     string      `json:"class"`
	Ours      Observation `json:"ours"`
	Theirs    Observation `json:"gunicorn"`
	Same      bool        `json:"same"`
	Reason    string      `json:"reason,omitempty"` // of a difference; "": it is not explained
	Looks     int         `json:"looks"`            // how often it was looked at; the last one counts

	about Behaviour
}

// judge compares what was observed.
func (r *Row) judge() {
	r.Same = same(r.Ours, r.Theirs, r.about.Slack)
	if !r.Same {
		r.Reason = reason(r)
	}
}

// Unexplained reports whether the servers differ and nobody knows why.
func (r *Row) Unexplained() bool { return !r.Same && r.Reason == "" }
