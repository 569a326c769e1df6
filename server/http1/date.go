package http1

import "time"

// A Date caches the Date field's value (IMF-fixdate, RFC 9110 §5.6.7). The zero Date is ready. It is
// not safe for use by several threads at once.
type Date struct {
	second int64
	text   [len(imfFixdate)]byte
}

const imfFixdate = "Mon, 02 Jan 2006 15:04:05 GMT"

// At is the date of now, formatted anew only when its second differs from the last call's. The slice
// is good until then.
func (d *Date) At(now time.Time) []byte {
	if s := now.Unix(); s != d.second || d.text[0] == 0 {
		d.second = s
		now.UTC().AppendFormat(d.text[:0], imfFixdate)
	}
	return d.text[:]
}
