package greenlet

import (
	"testing"

	"github.com/workerlab/workerlab/models/modeltest"
)

func TestMain(m *testing.M) { modeltest.Main(m) }

var traits = modeltest.Traits{KeepAlive: true, Overlap: true, BeatsInWait: true, OverAccepts: true}

func TestGeventConforms(t *testing.T) {
	traits := traits
	traits.OneATurn = true
	modeltest.Run(t, GeventWorker, traits)
}

func TestEventletConforms(t *testing.T) { modeltest.Run(t, EventletWorker, traits) }
