// Package text holds sentences for people in a form that can still be translated: an English format
// with its arguments, and catalogues from English to another language.
//
// English is the source. A catalogue maps each English format to one in its language that takes the
// same arguments; explicit indexes (%[2]s) let it take them in another order. What a catalogue lacks
// is shown in English, never dropped; Catalogue.Missing tells, so that a test can ask.
package text

import (
	"fmt"
	"strings"
)

// A Message is one or several phrases, each a format and its arguments. The zero value is empty.
// Arguments that are Messages, or strings that a catalogue knows, are translated with the phrase.
type Message struct{ phrases []phrase }

type phrase struct {
	format string
	args   []any
}

// Of is the message of one format, as in fmt.Sprintf.
func Of(format string, args ...any) Message {
	if format == "" {
		return Message{}
	}
	return Message{[]phrase{{format, args}}}
}

// Plain is the message of a text as it stands, percent signs included.
func Plain(s string) Message { return Of(strings.ReplaceAll(s, "%", "%%")) }

// Then is m followed by others, with nothing between them.
func (m Message) Then(others ...Message) Message {
	all := append([]phrase(nil), m.phrases...)
	for _, o := range others {
		all = append(all, o.phrases...)
	}
	return Message{all}
}

// Join is the messages with a separator between them.
func Join(separator string, messages ...Message) Message {
	var all Message
	for i, m := range messages {
		if i > 0 {
			all = all.Then(Plain(separator))
		}
		all = all.Then(m)
	}
	return all
}

// Map is the message with f of every format, those of its arguments included, and of every text among them.
func (m Message) Map(f func(string) string) Message {
	var mapped Message
	for _, p := range m.phrases {
		args := make([]any, len(p.args))
		for i, arg := range p.args {
			switch a := arg.(type) {
			case Message:
				args[i] = a.Map(f)
			case string:
				args[i] = f(a)
			default:
				args[i] = arg
			}
		}
		mapped.phrases = append(mapped.phrases, phrase{f(p.format), args})
	}
	return mapped
}

// Empty reports whether nothing is said.
func (m Message) Empty() bool { return len(m.phrases) == 0 }

// String is the message in English.
func (m Message) String() string { return Catalogue(nil).Render(m) }

// MarshalText implements encoding.TextMarshaler: the message in English.
func (m Message) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler. What was stored is a plain English text.
func (m *Message) UnmarshalText(b []byte) error {
	*m = Plain(string(b))
	return nil
}

// A Catalogue maps English formats to formats of another language. The nil catalogue is English.
type Catalogue map[string]string

// Render is the message in the catalogue's language.
func (c Catalogue) Render(m Message) string {
	var b strings.Builder
	for _, p := range m.phrases {
		args := make([]any, len(p.args))
		for i, arg := range p.args {
			args[i] = c.argument(arg)
		}
		fmt.Fprintf(&b, c.Text(p.format), args...)
	}
	return b.String()
}

// Text is a text without arguments in the catalogue's language: itself where the catalogue lacks it.
func (c Catalogue) Text(english string) string {
	if translated, ok := c[english]; ok {
		return translated
	}
	return english
}

func (c Catalogue) argument(arg any) any {
	switch a := arg.(type) {
	case Message:
		return c.Render(a)
	case string:
		return c.Text(a)
	case fmt.Stringer:
		if translated, ok := c[a.String()]; ok {
			return translated
		}
	}
	return arg
}

// Missing returns the formats of a message that the catalogue lacks, those of its arguments included.
// Formats without letters say the same in every language.
func (c Catalogue) Missing(m Message) (formats []string) {
	for _, p := range m.phrases {
		if _, ok := c[p.format]; !ok && worded(p.format) {
			formats = append(formats, p.format)
		}
		for _, arg := range p.args {
			if inner, ok := arg.(Message); ok {
				formats = append(formats, c.Missing(inner)...)
			}
		}
	}
	return formats
}

// worded reports whether a format holds a word, verbs aside.
func worded(format string) bool {
	verb := false
	for _, r := range format {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		switch {
		case r == '%':
			verb = !verb
		case verb && letter:
			verb = false
		case letter:
			return true
		}
	}
	return false
}
