package accesslog

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// An Entry is what one line of the log is about. Byte slices are only read while Append runs.
type Entry struct {
	Peer           string // the client's address; empty: unknown, a unix socket
	Method, Target []byte // as received
	Minor          byte   // of the HTTP/1 version
	Status         int
	Sent           int64 // bytes of the response's body
	Began          time.Time
	Took           time.Duration
	PID            int

	// Request and Response look up a header by its name in lower case; nil if there is none. A nil
	// function knows no headers.
	Request, Response func(name string) []byte
}

// A Format is a compiled access log format. It is safe for concurrent use.
type Format struct{ parts []part }

// A part is literal text, or an atom with an argument.
type part struct {
	text string
	atom atom // nil: text is literal
}

type atom func(dst []byte, e *Entry, arg string) []byte

// Parse compiles a format: literal text, %% for a percent sign, and atoms as %(name)s. Its error
// tells the offset of what it could not read.
func Parse(format string) (*Format, error) {
	f := &Format{}
	for rest := format; rest != ""; {
		literal, tail, found := strings.Cut(rest, "%")
		f.literal(literal)
		if !found {
			break
		}
		p, n, err := parseAtom(tail)
		if err != nil {
			return nil, fmt.Errorf("access log format, offset %d: %w", len(format)-len(tail)-1, err)
		}
		if p.atom == nil {
			f.literal(p.text)
		} else {
			f.parts = append(f.parts, p)
		}
		rest = tail[n:]
	}
	return f, nil
}

func (f *Format) literal(text string) {
	if n := len(f.parts); n > 0 && f.parts[n-1].atom == nil {
		f.parts[n-1].text += text
	} else if text != "" {
		f.parts = append(f.parts, part{text: text})
	}
}

// parseAtom reads what follows a percent sign and says how long it was.
func parseAtom(s string) (p part, n int, err error) {
	if strings.HasPrefix(s, "%") {
		return part{text: "%"}, 1, nil
	}
	name, _, closed := strings.Cut(strings.TrimPrefix(s, "("), ")s")
	if !strings.HasPrefix(s, "(") || !closed || strings.ContainsAny(name, "()") {
		return part{}, 0, fmt.Errorf("want an atom like %%(h)s, or %%%% for a percent sign")
	}
	return lookup(name), len("(") + len(name) + len(")s"), nil
}

// lookup finds the atom of that name. Names of one letter are fixed, {name}i and {name}o are headers.
func lookup(name string) part {
	if len(name) == 1 {
		if a := letters(name[0]); a != nil {
			return part{atom: a}
		}
	}
	if inner, kind, ok := strings.Cut(strings.TrimPrefix(name, "{"), "}"); ok && strings.HasPrefix(name, "{") {
		switch kind {
		case "i":
			return part{text: strings.ToLower(inner), atom: requestHeader}
		case "o":
			return part{text: strings.ToLower(inner), atom: responseHeader}
		}
	}
	return part{atom: dash}
}

func letters(name byte) atom {
	switch name {
	case 'h':
		return func(dst []byte, e *Entry, _ string) []byte { return appendText(dst, e.Peer) }
	case 'u':
		return user
	case 't':
		return func(dst []byte, e *Entry, _ string) []byte {
			return e.Began.AppendFormat(dst, "[02/Jan/2006:15:04:05 -0700]")
		}
	case 'r':
		return requestLine
	case 'm':
		return func(dst []byte, e *Entry, _ string) []byte { return appendText(dst, e.Method) }
	case 'U', 'q':
		return target(name)
	case 'H':
		return func(dst []byte, e *Entry, _ string) []byte { return appendVersion(dst, e) }
	case 'f':
		return func(dst []byte, e *Entry, _ string) []byte { return header(dst, e.Request, "referer") }
	case 'a':
		return func(dst []byte, e *Entry, _ string) []byte { return header(dst, e.Request, "user-agent") }
	case 'p':
		return func(dst []byte, e *Entry, _ string) []byte {
			return append(strconv.AppendInt(append(dst, '<'), int64(e.PID), 10), '>')
		}
	}
	return numbers(name)
}

// numbers are the atoms that need no escaping.
func numbers(name byte) atom {
	var value func(e *Entry) int64
	switch name {
	case 's':
		value = func(e *Entry) int64 { return int64(e.Status) }
	case 'b', 'B':
		value = func(e *Entry) int64 { return e.Sent }
	case 'T':
		value = func(e *Entry) int64 { return int64(e.Took / time.Second) }
	case 'M':
		value = func(e *Entry) int64 { return e.Took.Milliseconds() }
	case 'D':
		value = func(e *Entry) int64 { return e.Took.Microseconds() }
	case 'L':
		return func(dst []byte, e *Entry, _ string) []byte {
			return strconv.AppendFloat(dst, float64(e.Took.Microseconds())/1e6, 'f', 6, 64)
		}
	default:
		return nil
	}
	return func(dst []byte, e *Entry, _ string) []byte { return strconv.AppendInt(dst, value(e), 10) }
}

// Append adds the line for e to dst, with its newline.
func (f *Format) Append(dst []byte, e *Entry) []byte {
	for _, p := range f.parts {
		if p.atom == nil {
			dst = append(dst, p.text...)
		} else {
			dst = p.atom(dst, e, p.text)
		}
	}
	return append(dst, '\n')
}

func dash(dst []byte, _ *Entry, _ string) []byte { return append(dst, '-') }

func requestHeader(dst []byte, e *Entry, name string) []byte { return header(dst, e.Request, name) }

func responseHeader(dst []byte, e *Entry, name string) []byte { return header(dst, e.Response, name) }

func header(dst []byte, get func(string) []byte, name string) []byte {
	if get == nil {
		return append(dst, '-')
	}
	return appendText(dst, get(name))
}

func requestLine(dst []byte, e *Entry, _ string) []byte {
	dst = append(appendText(dst, e.Method), ' ')
	dst = append(appendText(dst, e.Target), ' ')
	return appendVersion(dst, e)
}

func appendVersion(dst []byte, e *Entry) []byte {
	return append(append(dst, "HTTP/1."...), '0'+e.Minor)
}

// target is the path of the request target, or its query.
func target(part byte) atom {
	return func(dst []byte, e *Entry, _ string) []byte {
		for i, c := range e.Target {
			if c != '?' {
				continue
			}
			if part == 'U' {
				return appendText(dst, e.Target[:i])
			}
			return appendRaw(dst, e.Target[i+1:])
		}
		if part == 'U' {
			return appendText(dst, e.Target)
		}
		return dst // gunicorn's QUERY_STRING is empty, not "-"
	}
}

// user is the name in a basic authorization (RFC 7617); one that cannot be read is "-".
func user(dst []byte, e *Entry, _ string) []byte {
	if e.Request == nil {
		return append(dst, '-')
	}
	scheme, credentials, _ := strings.Cut(string(e.Request("authorization")), " ")
	if !strings.EqualFold(scheme, "basic") {
		return append(dst, '-')
	}
	pair, err := base64.StdEncoding.DecodeString(strings.TrimSpace(credentials))
	name, _, ok := strings.Cut(string(pair), ":")
	if err != nil || !ok {
		return append(dst, '-')
	}
	return appendText(dst, name)
}

// appendText adds a client's text, or "-" for none.
func appendText[T string | []byte](dst []byte, text T) []byte {
	if len(text) == 0 {
		return append(dst, '-')
	}
	return appendRaw(dst, text)
}

// appendRaw escapes what could forge a line or end a quotation: control characters, quotes,
// backslashes, and bytes that are not ASCII (a terminal may read some of them as controls).
func appendRaw[T string | []byte](dst []byte, text T) []byte {
	const hex = "0123456789abcdef"
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ' || c > '~':
			dst = append(dst, '\\', 'x', hex[c>>4], hex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
