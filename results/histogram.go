package results

import (
	"encoding/json"
	"errors"
	"fmt"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"

	"github.com/workerlab/workerlab/results/stat"
)

// A Histogram is an HdrHistogram that is stored whole: in JSON it is a string, the V2 compressed
// form in base64 that the HdrHistogram libraries of other languages read too. Latencies are held in
// microseconds with 3 significant digits.
type Histogram struct{ *hdrhistogram.Histogram }

// NewHistogram returns an empty histogram for latencies of 1 µs to an hour.
func NewHistogram() *Histogram {
	const hour = 3600 * 1000 * 1000
	return &Histogram{hdrhistogram.New(1, hour, 3)}
}

// Wrap makes h storable. It returns nil for nil.
func Wrap(h *hdrhistogram.Histogram) *Histogram {
	if h == nil {
		return nil
	}
	return &Histogram{h}
}

// Count returns the number of values recorded; 0 for nil.
func (h *Histogram) Count() int64 {
	if h == nil || h.Histogram == nil {
		return 0
	}
	return h.TotalCount()
}

// Quantile returns the q quantile of latencies in seconds. It is false where too few lie beyond it for it to be told
// (stat.Told): then only a share above a limit can be.
func (h *Histogram) Quantile(q float64) (seconds float64, told bool) {
	if !stat.Told(h.Count(), q) {
		return 0, false
	}
	return float64(h.ValueAtQuantile(100*q)) / 1e6, true
}

// Above returns how many of the values lie above the limit, to the histogram's 3 digits: a bucket
// counts if all of it lies above.
func (h *Histogram) Above(limit int64) int64 {
	if h.Count() == 0 {
		return 0
	}
	var above int64
	for _, bar := range h.Distribution() {
		if bar.From > limit {
			above += bar.Count
		}
	}
	return above
}

// MarshalJSON implements json.Marshaler.
func (h *Histogram) MarshalJSON() ([]byte, error) {
	if h == nil || h.Histogram == nil {
		return []byte("null"), nil
	}
	text, err := h.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		return nil, fmt.Errorf("encode histogram: %w", err)
	}
	return json.Marshal(string(text))
}

// UnmarshalJSON implements json.Unmarshaler. It never panics, whatever the input.
func (h *Histogram) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return fmt.Errorf("histogram: %w", err)
	}
	if text == "" {
		return errors.New("histogram: empty string")
	}
	decoded, err := hdrhistogram.Decode([]byte(text))
	if err != nil {
		return fmt.Errorf("histogram: %w", err)
	}
	h.Histogram = decoded
	return nil
}
