package systems

import (
	"context"
	"encoding/binary"
	"os"

	"github.com/workerlab/workerlab/experiments/rig"
)

// The scoreboard that lab.py keeps: rows of eight words in the machine's byte order, of which three are used.
const (
	boardFile  = "board"
	boardRows  = 256
	rowBytes   = 8 * 8
	boardBytes = boardRows * rowBytes
)

// board reads the scoreboard.
func (s *server) board(context.Context) ([]rig.Worker, error) {
	data, err := os.ReadFile(s.path(boardFile))
	if err != nil {
		return nil, err
	}
	return readBoard(data), nil
}

// readBoard are the rows that a process has taken. A row stays when its process ends, until another one
// takes it.
func readBoard(data []byte) (workers []rig.Worker) {
	for slot := 0; len(data) >= rowBytes; slot++ {
		pid, begun, ended := word(data, 0), word(data, 1), word(data, 2)
		if pid > 0 {
			workers = append(workers, rig.Worker{
				Slot: slot, PID: int(pid), State: rig.Serving,
				Requests: begun, InFlight: max(0, int(begun)-int(ended)),
			})
		}
		data = data[rowBytes:]
	}
	return workers
}

func word(row []byte, at int) uint64 { return binary.NativeEndian.Uint64(row[8*at:]) }
