package preflight

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestRead(t *testing.T) {
	if testing.Short() {
		t.Skip("watches the machine for two seconds")
	}
	f, err := Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Host.Usable) == 0 || f.Memory == 0 || f.NoPSS != "" || f.Watched != Watching {
		t.Errorf("read %+v", f)
	}
	if f.Quiet.Foreign < 0 || f.Quiet.Foreign > float64(f.Host.Cores)+0.5 {
		t.Errorf("others used %v cores of %d", f.Quiet.Foreign, f.Host.Cores)
	}
}

func TestWatchCanBeInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	cancel(why)
	if _, err := Watch(ctx, time.Hour); !errors.Is(err, why) {
		t.Errorf("ended with %v", err)
	}
	if _, err := Read(ctx); !errors.Is(err, why) {
		t.Errorf("ended with %v", err)
	}
}
