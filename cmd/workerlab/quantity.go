package main

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/workerlab/workerlab/models/spec"
)

// seconds is a flag of a time as gunicorn writes it: plain seconds, or with a unit ("1.5", "250ms").
type seconds time.Duration

var _ pflag.Value = (*seconds)(nil)

func (s *seconds) String() string {
	return strconv.FormatFloat(time.Duration(*s).Seconds(), 'g', -1, 64)
}

// Type implements pflag.Value.
func (s *seconds) Type() string { return "seconds" }

// Set implements pflag.Value.
func (s *seconds) Set(text string) error {
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		if !(0 <= n && n < math.MaxInt64/float64(time.Second)) { // not a number is neither
			return fmt.Errorf("want seconds from 0 up")
		}
		*s = seconds(math.Round(n * float64(time.Second))) // 2.01 would lose a nanosecond
		return nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return fmt.Errorf("want seconds, or a time with a unit as in 250ms")
	}
	*s = seconds(d)
	return nil
}

// limit is a flag of a time as seconds is, of which 0 is none.
type limit time.Duration

var _ pflag.Value = (*limit)(nil)

func (l *limit) String() string {
	d := seconds(spec.On(time.Duration(*l)))
	return d.String()
}

// Type implements pflag.Value.
func (l *limit) Type() string { return "seconds" }

// Set implements pflag.Value.
func (l *limit) Set(text string) error {
	var d seconds
	err := d.Set(text)
	*l = limit(cmp.Or(time.Duration(d), spec.Never))
	return err
}

// size is a flag of a number of bytes: plain, or with a decimal (kB, MB, GB) or binary (KiB, MiB,
// GiB) unit.
type size int64

var _ pflag.Value = (*size)(nil)

func (s *size) String() string { return strconv.FormatInt(int64(*s), 10) }

// Type implements pflag.Value.
func (s *size) Type() string { return "bytes" }

// Set implements pflag.Value.
func (s *size) Set(text string) error {
	number := strings.TrimRight(text, "BKMGkbmgi")
	unit, ok := map[string]float64{
		"": 1, "B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30,
	}[strings.ToUpper(text[len(number):])]
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if !ok || err != nil || !(n >= 0 && n*unit < 1<<62) {
		return fmt.Errorf("want bytes, as in 32MB or 32MiB")
	}
	*s = size(math.Round(n * unit))
	return nil
}
