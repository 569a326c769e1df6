package results

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"io"
	"strconv"
	"testing"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"
)

func TestHistogramAbove(t *testing.T) {
	h := NewHistogram()
	for _, v := range []int64{10, 20, 20, 30, 1_000_000} {
		if err := h.RecordValue(v); err != nil {
			t.Fatal(err)
		}
	}
	for limit, want := range map[int64]int64{0: 5, 10: 4, 19: 4, 20: 2, 30: 1, 2_000_000: 0} {
		if got := h.Above(limit); got != want {
			t.Errorf("above %d: %d, want %d", limit, got, want)
		}
	}
	var none *Histogram
	if none.Above(0) != 0 || none.Count() != 0 || Wrap(nil) != nil {
		t.Error("nil is not an empty histogram")
	}
}

func TestHistogramRoundTrip(t *testing.T) {
	full := Wrap(hdrhistogram.New(1, 3_600_000_000, 3))
	for v := int64(1); v < 3_600_000_000; v *= 3 {
		if err := full.RecordValues(v, v%17+1); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]*Histogram{"empty": NewHistogram(), "full": full} {
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(data, []byte(`"HISTFAAAA`)) { // what every V2 compressed histogram begins with
			t.Errorf("%s: %s is no V2 compressed histogram", name, data)
		}
		var got Histogram
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
		if !got.Equals(want.Histogram) {
			t.Errorf("%s changed", name)
		}
	}
	if data, err := json.Marshal(&Histogram{}); err != nil || string(data) != "null" {
		t.Errorf("no histogram is %s, %v", data, err)
	}
}

func FuzzHistogram(f *testing.F) {
	h := NewHistogram()
	if err := h.RecordValues(12345, 7); err != nil {
		f.Fatal(err)
	}
	for _, seed := range []*Histogram{h, NewHistogram()} {
		data, err := json.Marshal(seed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`"HISTFAAAA"`))
	f.Add([]byte(`""`))
	f.Add([]byte(`7`))
	f.Fuzz(func(t *testing.T, data []byte) {
		checkDecoded(t, data)
	})
}

// FuzzHistogramPayload reaches what lies behind base64 and the compression's checksum.
func FuzzHistogramPayload(f *testing.F) {
	h := NewHistogram()
	if err := h.RecordValues(12345, 7); err != nil {
		f.Fatal(err)
	}
	text, err := h.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		f.Fatal(err)
	}
	packed, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil {
		f.Fatal(err)
	}
	z, err := zlib.NewReader(bytes.NewReader(packed[8:]))
	if err != nil {
		f.Fatal(err)
	}
	payload, err := io.ReadAll(z)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(payload)
	f.Fuzz(func(t *testing.T, payload []byte) {
		var deflated bytes.Buffer
		z := zlib.NewWriter(&deflated)
		if _, err := z.Write(payload); err != nil || z.Close() != nil {
			t.Fatal("the compression failed")
		}
		data := binary.BigEndian.AppendUint32([]byte{0x1c, 0x84, 0x93, 0x14}, uint32(deflated.Len()))
		data = append(data, deflated.Bytes()...)
		checkDecoded(t, []byte(strconv.Quote(base64.StdEncoding.EncodeToString(data))))
	})
}

// checkDecoded makes sure that whatever is decoded can be asked and stored again.
func checkDecoded(t *testing.T, data []byte) {
	var h Histogram
	if json.Unmarshal(data, &h) != nil || h.Histogram == nil {
		return
	}
	h.Above(h.Max() / 2)
	h.ValueAtQuantile(99)
	again, err := json.Marshal(&h)
	if err != nil {
		t.Fatalf("decoded but not encoded: %v", err)
	}
	var back Histogram
	if err := json.Unmarshal(again, &back); err != nil {
		t.Fatalf("encoded but not decoded: %v", err)
	}
	if back.TotalCount() != h.TotalCount() {
		t.Fatalf("%d values became %d", h.TotalCount(), back.TotalCount())
	}
}
