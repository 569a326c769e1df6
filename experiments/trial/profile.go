package trial

// A Profile is how much time a session may take.
type Profile int

// The profiles: a build's sanity check, minutes, an hour, an afternoon.
const (
	Smoke Profile = iota
	Quick
	Standard
	Full
)

// Profiles lists them, shortest first.
func Profiles() []Profile { return []Profile{Smoke, Quick, Standard, Full} }

// String is the profile's name on the command line.
func (p Profile) String() string { return Pick(p, "smoke", "quick", "standard", "full") }

// Pick is the value meant for profile p.
func Pick[T any](p Profile, smoke, quick, standard, full T) T {
	switch p {
	case Smoke:
		return smoke
	case Quick:
		return quick
	case Standard:
		return standard
	case Full:
		return full
	}
	panic("experiments: no such profile")
}

// Any is the profile that a judge gives where a trial's makes no difference: it tells no two trials apart.
const Any = Full
