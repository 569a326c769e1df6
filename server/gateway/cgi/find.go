package cgi

import (
	"io/fs"
	"os"
	"strings"
)

// A script is a file and what the request says of it.
type script struct {
	name string // SCRIPT_NAME, which is also its path below the folder: /count.py
	info string // PATH_INFO, what follows of the path
}

// find is the script that a path, unescaped, names below the root. Where there is none, status is not 0.
func find(root *os.Root, path string) (s script, status int) {
	if !strings.HasPrefix(path, "/") {
		return script{}, 404
	}
	for end := 1; end <= len(path); end++ {
		if end < len(path) && path[end] != '/' {
			continue
		}
		name := path[1:end]
		if !fs.ValidPath(name) || name == "." {
			return script{}, 404
		}
		file, err := root.Stat(name)
		switch {
		case err != nil:
			return script{}, 404
		case file.IsDir():
			continue
		case !file.Mode().IsRegular():
			return script{}, 404
		case file.Mode().Perm()&0o111 == 0:
			return script{}, 403
		}
		return script{name: path[:end], info: path[end:]}, 0
	}
	return script{}, 404
}
