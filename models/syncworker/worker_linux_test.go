package syncworker

import (
	"testing"

	"github.com/workerlab/workerlab/models/modeltest"
)

func TestMain(m *testing.M) { modeltest.Main(m) }

func TestConformance(t *testing.T) {
	modeltest.Run(t, Worker{}, modeltest.Traits{})
}
