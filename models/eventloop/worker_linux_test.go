package eventloop

import (
	"testing"

	"github.com/workerlab/workerlab/models/modeltest"
)

func TestMain(m *testing.M) { modeltest.Main(m) }

func TestTornadoConforms(t *testing.T) {
	modeltest.Run(t, TornadoWorker, modeltest.Traits{KeepAlive: true})
}

func TestAsyncioConforms(t *testing.T) {
	modeltest.Run(t, AsyncioWorker, modeltest.Traits{KeepAlive: true, Overlap: true, BeatsInWait: true, OverAccepts: true})
}
