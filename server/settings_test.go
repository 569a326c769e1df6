package server

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/models/spec"
)

var someClasses = []string{"sync", "gthread"}

func TestDefaultsAreValid(t *testing.T) {
	s := Defaults()
	if err := s.Validate(someClasses); err != nil {
		t.Error(err)
	}
}

// Each mistake names its flag, and stays one line.
func TestValidateNamesTheFlag(t *testing.T) {
	for flag, spoil := range map[string]func(*Settings){
		"worker class":             func(s *Settings) { s.Class = "gevent" },
		"--workers":                func(s *Settings) { s.Workers = 0 },
		"--threads":                func(s *Settings) { s.Threads = 0 },
		"--worker-connections":     func(s *Settings) { s.Connections = 0 },
		"--backlog":                func(s *Settings) { s.Backlog = -1 },
		"--max-requests ":          func(s *Settings) { s.MaxRequests = -1 },
		"--max-requests-jitter":    func(s *Settings) { s.Jitter = -1 },
		"--app-memory":             func(s *Settings) { s.AppMemory = -1 },
		"--limit-request-line":     func(s *Settings) { s.Limits.Line = 8191 },
		"--limit-request-fields":   func(s *Settings) { s.Limits.Fields = 32769 },
		"--timeout":                func(s *Settings) { s.Timeout = -time.Second },
		"--graceful-timeout":       func(s *Settings) { s.Graceful = 0 },
		"--keep-alive":             func(s *Settings) { s.KeepAlive = -time.Second },
		"--header-timeout":         func(s *Settings) { s.HeaderTimeout = -time.Second },
		"--boot":                   func(s *Settings) { s.Boot = -time.Second },
		"--gil-switch-interval":    func(s *Settings) { s.GIL, s.Switch = true, 0 },
		"--cpu-rate":               func(s *Settings) { s.CPURate = -1 },
		"--bind":                   func(s *Settings) { s.Bind = nil },
		"bind address":             func(s *Settings) { s.Bind = []string{"x:y:z"} },
		"--log-level":              func(s *Settings) { s.LogLevel = "" },
		"--log-format":             func(s *Settings) { s.LogFormat = "" },
		"--access-logformat":       func(s *Settings) { s.AccessFormat = "%" },
		"limit-request-field_size": func(s *Settings) { s.Limits.FieldSize = -1 },
	} {
		s := Defaults()
		spoil(&s)
		err := s.Validate(someClasses)
		var bad *UsageError
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), flag) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v", flag, err)
		}
	}
}

func TestBeatComesTwiceInATimeout(t *testing.T) {
	for timeout, want := range map[time.Duration]time.Duration{
		spec.Never: time.Second, 30 * time.Second: time.Second, time.Second: 500 * time.Millisecond, 2 * time.Second: time.Second,
	} {
		set := Settings{Server: spec.Server{Timeout: timeout}}
		if got := set.Beat(); got != want {
			t.Errorf("timeout %v: beats every %v, want %v", timeout, got, want)
		}
	}
}

// Workers get the settings as JSON: nothing may be lost on the way.
func TestSettingsSurviveTheWayToAWorker(t *testing.T) {
	want := Defaults()
	want.Bind, want.Timeout, want.CPURate, want.Linger = []string{"a:1", "unix:b"}, 250*time.Millisecond, 612527.484338892, true
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Settings
	if err := json.Unmarshal(text, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}
