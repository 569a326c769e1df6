package capacity

// A Part is something that predictions are made with, and can be made without, to see what it is worth.
type Part string

// The parts.
const (
	Accepting  Part = "who accepts"   // all workers serve one queue instead
	Locking    Part = "the lock"      // threads compute at the same time
	Loading    Part = "work by load"  // work is the same whatever the load
	Generating Part = "the generator" // clients take no time of the server's cores
	Scheduling Part = "the scheduler" // cores are shared ideally
)

// Parts are all of them.
func Parts() []Part { return []Part{Accepting, Locking, Loading, Generating, Scheduling} }

// Without is the deployment as it would be predicted without the part.
func (d *Deployment) Without(p Part) *Deployment {
	bare := *d
	switch p {
	case Accepting:
		bare.fair = true
	case Locking:
		bare.lockless, bare.Outside = true, 0
	case Loading:
		bare.steady = true
	case Generating:
		bare.clientless = true
	case Scheduling:
		bare.ideal = true
	}
	return &bare
}
