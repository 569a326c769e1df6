package gthread

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/workerlab/workerlab/models/modeltest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	modeltest.Run(t, Worker{}, modeltest.Traits{KeepAlive: true, Overlap: true, BeatsInWait: true, OverAccepts: true, Threaded: true})
}
