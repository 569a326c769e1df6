package http1

// A Body decodes the body of one request after the other: of a known length, or chunked (RFC 9112
// §7.1). The zero Body is done; Reset makes it ready. It keeps no bytes and allocates nothing.
type Body struct {
	Limits // of trailers; Line is not used

	left    int64 // bytes of the body, or of this chunk, still to come
	state   state
	chunk   sizeLine
	trailer trailerLine
}

// Reset makes b ready for the body of r.
func (b *Body) Reset(r *Request) {
	*b = Body{Limits: b.Limits}
	switch {
	case r.Length < 0:
		b.state = sizeStart
	case r.Length > 0:
		b.state, b.left = plain, r.Length
	}
}

// Left is how many bytes of a body of known length are still to come; -1 if that is not known because
// the body is chunked; 0 when it is done.
func (b *Body) Left() int64 {
	switch b.state {
	case over:
		return 0
	case plain:
		return b.left
	default:
		return -1
	}
}

// Decode moves decoded bytes from src to dst: it consumed bytes of src and produced bytes in dst. done
// says that the body is over, its trailers included; what follows in src belongs to the next
// request. Without done, either dst is full or src is used up: nothing ever has to be presented
// twice. dst may begin where src does, to decode in place. err is a Status, and stays.
func (b *Body) Decode(dst, src []byte) (produced, consumed int, done bool, err error) {
	if b.state == plain {
		n := copy(dst, src[:min(int64(len(src)), b.left)])
		if b.left -= int64(n); b.left == 0 {
			b.state = over
		}
		return n, n, b.state == over, nil
	}
	for b.state != over && b.state < refused && consumed < len(src) {
		if b.state != data {
			b.state = b.frame(src[consumed])
			consumed++
			continue
		}
		n := copy(dst[produced:], src[consumed:consumed+int(min(int64(len(src)-consumed), b.left))])
		if n == 0 {
			break
		}
		produced, consumed = produced+n, consumed+n
		if b.left -= int64(n); b.left == 0 {
			b.state = dataCR
		}
	}
	return produced, consumed, b.state == over, b.state.refusal()
}
