package main

import (
	"os"
	"path"
	"path/filepath"
	"testing"

	"github.com/workerlab/workerlab/results"
)

// `workerlab report` writes of a committed run what is committed, to the byte: nobody's report changes unseen. Where a
// change is meant, `make reference` writes them anew.
func TestReportOnTheReferenceIsTheReference(t *testing.T) {
	t.Parallel()
	manifests, err := filepath.Glob("../../results/reference/*/" + results.ManifestFile)
	if err != nil || len(manifests) == 0 {
		t.Fatalf("no reference run: %v", err)
	}
	for _, manifest := range manifests {
		dir := filepath.Dir(manifest)
		name := filepath.Base(dir)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && name != "quick" {
				t.Skip("only the shortest run is judged again with -short")
			}
			committed := filesIn(t, dir)
			again := t.TempDir()
			for _, file := range []string{results.ManifestFile, results.PackedFile} {
				if err := os.WriteFile(filepath.Join(again, file), []byte(committed[file]), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if code, _, errs := workerlab(t, "report", "--png=false", again); code != exitOK || errs != "" {
				t.Fatalf("exit %d: %s", code, errs)
			}
			sameFiles(t, committed, filesIn(t, again))
		})
	}
}

// sameFiles makes sure that what is written is what is committed. Figures as PNG, which may lie there, are not.
func sameFiles(t *testing.T, committed, written map[string]string) {
	t.Helper()
	for name, text := range written {
		switch before, there := committed[name]; {
		case !there:
			t.Errorf("%s is written and not committed: make reference", name)
		case text != before:
			t.Errorf("%s is not what is committed (%d bytes, %d there): make reference, if that is meant", name, len(text), len(before))
		}
	}
	for name := range committed {
		if _, there := written[name]; !there && path.Ext(name) != ".png" {
			t.Errorf("%s is committed and not written", name)
		}
	}
}
