package faults

import (
	"os"
	"testing"

	"github.com/workerlab/workerlab/server/servertest"
)

func TestMain(m *testing.M) { os.Exit(servertest.Main(m)) }

// start starts the lab app, faults switched on.
func start(t *testing.T, args ...string) *servertest.Server {
	t.Helper()
	return servertest.Start(t, servertest.Binary, append([]string{"--faults"}, args...)...)
}
