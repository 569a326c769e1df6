package judge

import "github.com/workerlab/workerlab/results"

// accidents is how many counterexamples of a class may be the host's doing.
const accidents = 1

// Exceptions is the outcome of a rule that has no exceptions, for one worker class whose runs broke it
// n times. What happened once may be the host's doing: of enough runs on a machine that does other
// things too, one goes astray some time, so that a rule which falls with the first would fall the more
// surely the more blocks there are. It settles nothing, either way. What happens to a class again is
// the class's doing, and refutes.
func Exceptions(n int) results.Outcome {
	switch {
	case n == 0:
		return results.Supported
	case n <= accidents:
		return results.Inconclusive
	}
	return results.Refuted
}
