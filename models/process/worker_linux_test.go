package process

import (
	"testing"

	"github.com/workerlab/workerlab/models/modeltest"
)

func TestMain(m *testing.M) { modeltest.Main(m) }

// Processes are goroutines here, which have the app's handlers; real ones are tried by TestProcesses of the command.
func TestConformance(t *testing.T) {
	modeltest.Run(t, Worker{}, modeltest.Traits{Overlap: true, BeatsInWait: true, OverAccepts: true})
}
