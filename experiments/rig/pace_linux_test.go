package rig

import "testing"

func TestPace(t *testing.T) {
	p := pace()
	for told := false; !told; {
		p.mutex.Lock()
		told = p.n > 1
		p.mutex.Unlock()
	}
	mean, used := p.end()
	if mean <= 0 || used < 2*mean {
		t.Errorf("the piece of work took %v, all of them %v", mean, used)
	}
}
