package results

import (
	"reflect"
	"testing"
	"time"
)

// A run that was interrupted, killed, and at last finished keeps the history of its sessions.
func TestSessions(t *testing.T) {
	at := func(s int64) time.Time { return time.Unix(s, 0).UTC() }
	var m Manifest
	m.Begin(at(1))
	if m.Complete() || !m.Started.Equal(at(1)) {
		t.Errorf("begun: %+v", m)
	}
	m.End(at(2), "interrupted")
	if m.Complete() || m.Interrupted == "" {
		t.Errorf("interrupted: %+v", m)
	}
	m.Begin(at(3)) // and is killed
	if m.Complete() || m.Interrupted != "" || !m.Finished.IsZero() {
		t.Errorf("under way: %+v", m)
	}
	m.Begin(at(5))
	m.End(at(6), "")
	if !m.Complete() || !m.Started.Equal(at(1)) || !m.Finished.Equal(at(6)) {
		t.Errorf("finished: %+v", m)
	}
	want := []Session{
		{at(1), at(2), "interrupted"},
		{at(3), time.Time{}, "ended without a word"},
		{at(5), at(6), ""},
	}
	if !reflect.DeepEqual(m.Sessions, want) {
		t.Errorf("sessions %+v, want %+v", m.Sessions, want)
	}
}
