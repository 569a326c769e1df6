package gateway

import (
	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/http1"
)

// Path calls set for the variables that say what the request is for, to a program that owns every path:
// SCRIPT_NAME is empty. A path with a NUL in it is a bad request.
func Path(x *exchange.Exchange, scratch []byte, set func(name, value []byte)) ([]byte, error) {
	path, ok := Unescape(scratch[:0], x.Req.Path())
	if !ok {
		return path, http1.BadRequest
	}
	set(scriptName, nil)
	set(pathInfo, path)
	return path, nil
}

var (
	scriptName = []byte("SCRIPT_NAME")
	pathInfo   = []byte("PATH_INFO")
)
