package results

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"
)

// A seal is what a line ends with: the checksum of the line that it was written after, and its own, CRC-32C of all
// that stands before it in the line.
type seal struct{ after, sum uint32 }

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

const (
	sealForm = `,"after":"%08x","sum":"%08x"}`
	sumLen   = len(`,"sum":"01234567"}`)
	sealLen  = len(`,"after":"01234567"`) + sumLen
)

// sealed is the record's line, without its newline, as it is written after one with the given checksum.
func sealed(r Record, after uint32) (line []byte, sum uint32, err error) {
	data, err := json.Marshal(r)
	if err != nil {
		return nil, 0, err
	}
	line = fmt.Appendf(data[:len(data)-1], sealForm, after, 0)
	sum = crc32.Checksum(line[:len(line)-sumLen], castagnoli)
	return fmt.Appendf(data[:len(data)-1], sealForm, after, sum), sum, nil
}

// readSeal is the seal of a line. It is false of a line without one.
func readSeal(line []byte) (s seal, ok bool) {
	if len(line) < sealLen {
		return s, false
	}
	end := string(line[len(line)-sealLen:])
	after, err := strconv.ParseUint(end[10:18], 16, 32)
	sum, bad := strconv.ParseUint(end[len(end)-10:len(end)-2], 16, 32)
	s = seal{uint32(after), uint32(sum)}
	return s, err == nil && bad == nil && end == fmt.Sprintf(sealForm, s.after, s.sum)
}

// parse reads a line. Its seal is held against what it says; one of an earlier version has none, and its checksum
// is that of the whole line.
func parse(line []byte) (r Record, s seal, isSealed bool, err error) {
	line = bytes.TrimSpace(line)
	if len(line) == 0 {
		return r, s, false, errors.New("empty line")
	}
	s, isSealed = readSeal(line)
	if !isSealed {
		s.sum = crc32.Checksum(line, castagnoli)
	} else if sum := crc32.Checksum(line[:len(line)-sumLen], castagnoli); sum != s.sum {
		return r, s, true, fmt.Errorf("it is not as it was written: its checksum is %08x, that of what it says now %08x", s.sum, sum)
	}
	var version struct {
		Schema int `json:"schema"`
	}
	if err := json.Unmarshal(line, &version); err != nil {
		return r, s, isSealed, err
	}
	if err := checkSchema(version.Schema); err != nil {
		return r, s, isSealed, err
	}
	if version.Schema > unsealedSchema && !isSealed {
		return r, s, false, errors.New("it is not as it was written: no checksum stands at its end")
	}
	r, err = decode(line)
	return r, s, isSealed, err
}

// decode is the record of a line as this version has it, whichever wrote it.
func decode(line []byte) (r Record, err error) {
	if err := json.Unmarshal(line, &r); err != nil {
		return Record{}, err
	}
	if err := r.Check(); err != nil {
		return Record{}, err
	}
	if r.Trial != r.Cell.Key() && r.Trial != r.Cell.String() { // earlier versions spelt every axis out
		return Record{}, fmt.Errorf("trial %q is not that of its cell, %q", r.Trial, r.Cell.Key())
	}
	r.Cell = r.Cell.today(renamed)
	r.Trial = r.Cell.Key()
	return r, nil
}
