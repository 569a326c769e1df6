// Package results is what a run leaves behind: one Record for each repetition of a trial, never
// averaged, and the Manifest of the run.
//
// # Guarantees
//
// A run's folder keeps every record that was appended before a crash, a full disk or Ctrl-C: one
// JSON line each, flushed and synced before Append returns; a line that could not be written whole
// is taken back. The manifest and whatever else Store.WriteFile writes is replaced as a whole or not at all.
//
// What happens to the records by accident is found and named with its lines: a line that was changed, copied, moved
// or deleted, an end that is missing, lines of another run, two records of one try. Store.Append stores nothing that
// Load would not take. Load returns what is whole, and a *Damage that says what is not.
//
// # The folder
//
//	manifest.json     what ran, when, on what machine, with which seed
//	records.jsonl     one Record a line; compressed as records.jsonl.gz once Pack was asked to
//	verdicts.json     the claims' verdicts, recomputed from the records at will
//	figures/*.svg     and a .png beside each
//	report.md
//
// # Reading records elsewhere
//
// A line is one flat object but for four nested ones: cell (axis → value), values (name → value and
// unit), failures (kind → count), and the two histograms, which are strings: HdrHistogram V2,
// compressed, base64, as its libraries in every language decode it; the unit is microseconds.
//
// Order numbers the records, from 0. The last two fields are eight hexadecimal digits: after is the sum of the line
// before ("00000000" in the first), and sum the CRC-32C of the line's bytes up to the comma before sum. An axis that
// a cell does not name is at the default that axes.go declares for it; trial is the cell's key, which names what is
// not at its default.
//
//	pandas:  pandas.json_normalize([json.loads(line) for line in open("records.jsonl")]).query("valid")
//	DuckDB:  select cell.workers, "values".throughput.value from 'records.jsonl' where valid
//
// A run that was asked for it holds simulated and predicted records beside the measured ones: select by
// origin, and of several that a model made of one trial and repetition take the last.
package results
