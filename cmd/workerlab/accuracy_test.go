package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/workerlab/workerlab/experiments/accuracy"
)

// What a folder holds is taken up again, or refused with the remedy, and never written over.
func TestAccuracyTakesUpAFolder(t *testing.T) {
	f := &accuracyFlags{repetitions: 3, seed: 1}
	settings := accuracy.Settings{Repetitions: 3, Seed: 1}
	good := accuracy.NewFile(settings.Kind(), accuracy.Row{}, []accuracy.Subject{{Deployment: "gunicorn", Handler: "waits"}})
	other, older := good, good
	other.Kind.Seed++
	older.Version--
	for _, c := range []struct {
		name, text, want string
	}{
		{"good", marshalled(t, good), ""},
		{"of other settings", marshalled(t, other), "other settings"},
		{"of cells without calibrations", marshalled(t, accuracy.NewFile(settings.Kind(), accuracy.Row{}, nil)), "no deployment's calibrations"},
		{"of an older version", marshalled(t, older), "it is of version 1, and this program reads 2"},
		{"cut off", marshalled(t, good)[:40], "unexpected end of JSON"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f.out = t.TempDir()
			path := filepath.Join(f.out, accuracy.JSONFile)
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			subjects, err := f.before(settings)
			switch {
			case c.want == "" && (err != nil || len(subjects) != 1):
				t.Errorf("%+v, %v", subjects, err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "take another folder")):
				t.Errorf("error %v: want %q and the remedy", err, c.want)
			}
		})
	}
	f.out = filepath.Join(t.TempDir(), "new")
	if subjects, err := f.before(settings); subjects != nil || err != nil {
		t.Errorf("of a new folder %+v, %v", subjects, err)
	}
}

func marshalled(t *testing.T, file accuracy.File) string {
	t.Helper()
	data, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
