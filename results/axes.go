package results

import "maps"

// The axes of a cell are declared here, and nowhere else: what a cell that does not name an axis means by it. An
// axis that is added gets its line, and records from before it are of the same cells as those since. A line never
// changes: it says what absence means, not what `serve` takes where a flag is left out.
//
// Of times that have a default, 0 is that default and −1 is never. The class, the workers and the window have none:
// every cell names them. An axis that is not declared, as that of a later version, is at its default at 0, false
// and "".
var defaults = with(loadDefaults("", "closed"), loadDefaults("hog_", "none"), Cell{
	"system": Ours, "pods": 1.0, "place": "pin", "memory": "after", "event": "none", "at_seconds": 0.0, "twin": false,

	"app": "", "threads": 1.0, "gil": false, "switch_seconds": 0.0, "app_memory_bytes": 0.0, "preload": false,
	"boot_seconds": 0.0, "worker_connections": 0.0, "backlog": 0.0, "timeout_seconds": 0.0, "keepalive_seconds": 0.0,
	"upstream_seconds": 0.0, "max_requests": 0.0, "max_requests_jitter": 0.0, "reuse_port": false, "exclusive": false,

	"slow_clients": 0.0, "slow_seconds": 0.0, "slow_read_bytes": 0.0, "slow_post_bytes": 0.0,
})

// loadDefaults are the axes of a stream of requests.
func loadDefaults(prefix, arrivals string) Cell {
	load := make(Cell)
	for axis, value := range (Cell{
		"do": "", "arrivals": arrivals, "clients": 0.0, "think_seconds": 0.0, "think_law": "even", "rate": 0.0,
		"abreast": 1.0, "burst": 0.0, "burst_seconds": 0.0, "phase_seconds": 0.0, "keepalive": false,
		"client_timeout_seconds": 0.0, "rtt_seconds": 0.0, "post": false,
	}) {
		load[prefix+axis] = value
	}
	return load
}

// renamed are the names that axes' values had in records of earlier versions: axis, then, now.
var renamed = map[string]map[string]string{"class": {"asyncio": "asgi"}}

func with(cells ...Cell) Cell {
	all := make(Cell)
	for _, c := range cells {
		maps.Copy(all, c)
	}
	return all
}

// Key is the cell's name in records: its String without the axes that are at their default. Equal cells have equal
// keys, however many axes they spell out.
func (c Cell) Key() string { return c.Sparse().String() }

// Sparse is the cell without the axes that are at their default.
func (c Cell) Sparse() Cell {
	sparse := maps.Clone(c)
	maps.DeleteFunc(sparse, atDefault)
	return sparse
}

// Whole is the cell with every axis that is declared, those it did not name at their default.
func (c Cell) Whole() Cell { return with(defaults, c) }

func atDefault(axis string, value any) bool {
	if d, declared := defaults[axis]; declared {
		return SameValue(value, d)
	}
	return SameValue(value, 0) || SameValue(value, false) || SameValue(value, "")
}

// today is the cell of a record of an earlier version as this one writes it: whole, in the names of now.
func (c Cell) today(renamed map[string]map[string]string) Cell {
	cell := c.Whole()
	for axis, names := range renamed {
		if then, ok := cell[axis].(string); ok && names[then] != "" {
			cell[axis] = names[then]
		}
	}
	return cell
}
