package faults

import (
	"os"
	"testing"

	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/server/servertest"
)

func TestMain(m *testing.M) { os.Exit(servertest.Main(m)) }

// start starts the lab app, faults switched on.
func start(t *testing.T, args ...string) *servertest.Server {
	t.Helper()
	return servertest.Start(t, servertest.Binary, append([]string{"--faults"}, args...)...)
}

// eachClass runs a test for every worker class.
func eachClass(t *testing.T, test func(t *testing.T, class string)) {
	t.Parallel()
	for class := range catalog.Workers() {
		t.Run(class, func(t *testing.T) {
			t.Parallel()
			test(t, class)
		})
	}
}
