package experiments

import (
	"context"
	"time"

	"github.com/workerlab/workerlab/results"
)

// batch carries out one step, or several that are Together: one record each, in their order. An error
// says that a server failed; its record, which is then invalid, says so too.
func (s *Session) batch(ctx context.Context, steps []Step, seed uint64, patient bool) ([]results.Record, error) {
	records := make([]results.Record, 0, len(steps))
	var failed error
	for _, step := range steps {
		record, err := s.once(ctx, step, seed, patient)
		if records = append(records, record); err != nil {
			failed = err
		}
	}
	return records, failed
}

// once is one run: the gate, a server of its own, the load, the readings. An error says that the
// server failed; the record, which is then invalid, says so too. The patient wait for a quiet host.
func (s *Session) once(ctx context.Context, step Step, seed uint64, patient bool) (results.Record, error) {
	t := step.Trial
	record := results.Record{
		Cell: t.Cell(), Seed: seed, Origin: results.Measured, System: "workerlab", Duration: t.Window,
	}
	server, generator := s.cores(t.Place)
	if err := s.launch.pinGenerator(generator); err != nil {
		return record, err
	}
	if err := gate(ctx, patient); err != nil {
		return record, err
	}
	record.Started = time.Now().UTC()
	before, err := s.spin(server)
	if err != nil {
		return record, err
	}
	system := workerlab{args: t.Server.Args(s.CPURate), cpus: server, launch: s.launch}
	if err := measure(ctx, system, t, &record); err != nil {
		record.Invalid = append(record.Invalid, "the server failed: "+err.Error())
		return record, err
	}
	after, err := s.spin(server)
	if err != nil {
		return record, err
	}
	record.Set("server_cores", float64(len(server)), "")
	record.Set("spin_before", before.Seconds(), "seconds")
	record.Set("spin_after", after.Seconds(), "seconds")
	taint(t, &record)
	return record, nil
}
