package text

// An Error is an error that a person reads in a report, and so in another language too.
type Error struct{ Message }

// Errorf is the error of one format, as in Of. It wraps nothing.
func Errorf(format string, args ...any) error { return &Error{Of(format, args...)} }

// Error implements error: the message in English.
func (e *Error) Error() string { return e.Message.String() }

// Said is the message.
func (e *Error) Said() Message { return e.Message }
