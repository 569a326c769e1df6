package http1

import "strconv"

// A Status is an error: what to refuse a request with. The connection closes after any of them,
// because where the next request begins is no longer certain.
type Status int

// The statuses that this package refuses with, and RequestTimeout for the caller's deadlines.
const (
	BadRequest          Status = 400 // malformed
	RequestTimeout      Status = 408
	URITooLong          Status = 414 // the request line is over Limits.Line
	ExpectationFailed   Status = 417 // an Expect that is not 100-continue
	FieldsTooLarge      Status = 431 // a field over Limits.FieldSize, or more than Limits.Fields
	NotImplemented      Status = 501 // a transfer coding other than chunked, or CONNECT
	VersionNotSupported Status = 505 // HTTP, but not HTTP/1
)

// Error is the status line's end: code and reason.
func (s Status) Error() string {
	return strconv.Itoa(int(s)) + " " + Reason(int(s))
}

// Reason is the reason phrase registered for a status code; empty for one that is not registered.
func Reason(status int) string {
	if status < 0 || status >= len(reasons) {
		return ""
	}
	return reasons[status]
}

// reasons is IANA's registry of HTTP status codes (RFC 9110 §16.2.1).
var reasons = [...]string{
	100: "Continue",
	101: "Switching Protocols",
	102: "Processing",
	103: "Early Hints",

	200: "OK",
	201: "Created",
	202: "Accepted",
	203: "Non-Authoritative Information",
	204: "No Content",
	205: "Reset Content",
	206: "Partial Content",
	207: "Multi-Status",
	208: "Already Reported",
	226: "IM Used",

	300: "Multiple Choices",
	301: "Moved Permanently",
	302: "Found",
	303: "See Other",
	304: "Not Modified",
	305: "Use Proxy",
	307: "Temporary Redirect",
	308: "Permanent Redirect",

	400: "Bad Request",
	401: "Unauthorized",
	402: "Payment Required",
	403: "Forbidden",
	404: "Not Found",
	405: "Method Not Allowed",
	406: "Not Acceptable",
	407: "Proxy Authentication Required",
	408: "Request Timeout",
	409: "Conflict",
	410: "Gone",
	411: "Length Required",
	412: "Precondition Failed",
	413: "Content Too Large",
	414: "URI Too Long",
	415: "Unsupported Media Type",
	416: "Range Not Satisfiable",
	417: "Expectation Failed",
	421: "Misdirected Request",
	422: "Unprocessable Content",
	423: "Locked",
	424: "Failed Dependency",
	425: "Too Early",
	426: "Upgrade Required",
	428: "Precondition Required",
	429: "Too Many Requests",
	431: "Request Header Fields Too Large",
	451: "Unavailable For Legal Reasons",

	500: "Internal Server Error",
	501: "Not Implemented",
	502: "Bad Gateway",
	503: "Service Unavailable",
	504: "Gateway Timeout",
	505: "HTTP Version Not Supported",
	506: "Variant Also Negotiates",
	507: "Insufficient Storage",
	508: "Loop Detected",
	510: "Not Extended",
	511: "Network Authentication Required",
}
