// Package http1 reads HTTP/1.1 requests strictly and writes responses, without doing I/O: bytes in,
// bytes out. What waits, and how, is the worker's affair.
//
// Guarantees:
//   - Any split of the bytes gives the same request, the same body and the same refusal.
//   - What is accepted, net/http reads to the same method, target, fields and body, and finds the next
//     request at the same byte (the reverse does not hold: net/http accepts much of what is refused here).
//     Both are fuzz targets.
//   - A refusal is a Status, and its connection must close: where the next request begins is no longer
//     certain, which is what request smuggling lives on.
//   - Limits are enforced before a line has ended, so that they bound a head in memory.
//   - Each byte of a head is read twice at most, however many pieces it comes in, and each byte of a
//     body once. In steady state nothing is allocated.
//   - No response can be split: AppendField refuses what does not fit in a field, and the fields that
//     frame the response.
//
// Sources: RFC 9110 (semantics), RFC 9112 (HTTP/1.1), RFC 3986 (targets), and gunicorn for its limits
// and for what it refuses beyond them. The tests name the section of each case.
//
// Where the RFCs leave a choice:
//   - One empty line before a request is ignored (RFC 9112 §2.2), a second is refused.
//   - Lines end with CRLF; a bare LF is refused, as is obsolete folding (§5.2).
//   - HTTP/1.2 and above are read as HTTP/1.1 (RFC 9110 §2.5), another major version is a 505.
//   - CONNECT is a 501. Other methods are the handler's to judge, if they are 3 to 20 characters of a
//     token without lower case and '#', which is gunicorn's rule.
//   - An absolute target must be http or https and needs a Host field too, which it overrides (§3.2.2).
//   - Targets are visible ASCII without a fragment. That is wider than RFC 3986, because browsers send
//     a query's {|}" and stray percent signs as they are; escapes must be whole in the path.
//   - A host is a name without percent escapes or a bracketed IPv6 address without a zone, and is
//     never empty.
//   - Content-Length may be repeated if identical to the letter, at most 18 digits (§6.3).
//   - Transfer-Encoding is chunked, once, of HTTP/1.1; another coding is a 501, a list that makes no
//     sense a 400 (§6.1, §6.3).
//   - Chunk sizes have at most 15 digits; white space around chunk extensions is refused, although the
//     grammar has it as bad white space (§7.1.1); a size line has at most 256 bytes, and all of them
//     together are bounded by the data.
//   - Trailers are checked and dropped. Those that frame, route or modify a message are refused (RFC
//     9110 §6.5.1), and so is a Trailer field that announces them.
//
// What differs from gunicorn: it ignores no empty line before a request, and refuses a repeated
// Content-Length even if identical. It passes on CONNECT, fragments, controls and bytes over 0x7f in
// targets, controls other than NUL, CR and LF in values, and gzip as a transfer coding of which chunked
// is the last. A field name with an underscore is dropped there, since in a WSGI environ it could pass
// for one with a hyphen; here names are kept as they came, and whoever maps them to an environ has
// to do so.
package http1
