package main

import (
	"fmt"
	"go/ast"
	"go/scanner"
	"go/token"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
)

// lines is how many lines of code there are.
func (t *tree) lines() (n int) {
	for _, s := range t.code() {
		n += linesOf(s.text)
	}
	return n
}

// linesOf counts the lines that hold a token which is no comment; a string of several lines holds those that are not
// blank.
func linesOf(text []byte) (n int) {
	files := token.NewFileSet()
	file := files.AddFile("", files.Base(), len(text))
	var s scanner.Scanner
	s.Init(file, text, nil, 0)
	last := 0
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return n
		}
		if tok == token.SEMICOLON && lit == "\n" {
			continue // inserted
		}
		if first := file.Line(pos); first > last {
			n++
		}
		last = file.Line(pos) + strings.Count(lit, "\n")
		_, rest, _ := strings.Cut(lit, "\n")
		n += filled(rest)
	}
}

// filled is how many lines of a text are not blank.
func filled(text string) (n int) {
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			n++
		}
	}
	return n
}

// docs is the share of declarations that have a doc comment.
func (t *tree) docs() float64 {
	all, with := 0, 0
	count := func(doc *ast.CommentGroup) {
		all++
		if doc.Text() != "" {
			with++
		}
	}
	for _, s := range t.code() {
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				count(d.Doc)
			case *ast.GenDecl:
				if d.Tok != token.IMPORT {
					declared(d, count)
				}
			}
		}
	}
	return float64(with) / float64(max(1, all))
}

// declared counts each type of a declaration, and constants and variables as a group.
func declared(d *ast.GenDecl, count func(*ast.CommentGroup)) {
	if d.Tok != token.TYPE {
		doc := d.Doc
		for _, spec := range d.Specs {
			v := spec.(*ast.ValueSpec)
			for _, more := range []*ast.CommentGroup{v.Doc, v.Comment} {
				if doc.Text() == "" {
					doc = more
				}
			}
		}
		count(doc)
		return
	}
	for _, spec := range d.Specs {
		doc := spec.(*ast.TypeSpec).Doc
		if doc.Text() == "" {
			doc = d.Doc
		}
		count(doc)
	}
}

// largest is the package of most files.
func (t *tree) largest() row {
	code, all := make(map[string]int), make(map[string]int)
	for _, s := range t.files {
		all[s.dir()]++
		if !s.test {
			code[s.dir()]++
		}
	}
	var names []string
	for name := range code {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if code[a] != code[b] {
			return code[b] - code[a]
		}
		return strings.Compare(a, b)
	})
	r := row{what: "files of the largest package, tests apart", wanted: "≤ 20"}
	for _, name := range names {
		if r.value == "" {
			r.value = fmt.Sprintf("%d (%s; %d with tests)", code[name], name, all[name])
		}
		if code[name] > 20 {
			r.found = append(r.found, fmt.Sprintf("%s: %d, %d with tests", name, code[name], all[name]))
		}
	}
	return r
}

var (
	wires    = regexp.MustCompile(`^(Command|FlagSet|Flag|Writer|Reader|streams|PositionalArgs|Signal)$`)
	optional = regexp.MustCompile(`(?i)(flags|options)$`)
	exits    = regexp.MustCompile(`^(main|run|exitCode|usagef?)$`)
)

// commandLogic are the functions of cmd/workerlab that do more than a command line does.
func (t *tree) commandLogic() (found []string) {
	const dir = "cmd/workerlab"
	types := t.wiringTypes(dir)
	for _, s := range t.code() {
		if s.dir() != dir {
			continue
		}
		s.functions(func(f *ast.FuncDecl) {
			if !isWiring(f, types) {
				found = append(found, s.says(f, receiver(f)+f.Name.Name))
			}
		})
	}
	return found
}

// wiringTypes are the types of a folder whose methods are wiring: errors, which become exit codes; values of flags, which
// have methods Set and Type or String; and what holds a writer, for progress.
func (t *tree) wiringTypes(dir string) map[string]bool {
	types, methods := make(map[string]bool), make(map[string][]string)
	for _, s := range t.code() {
		if s.dir() != dir {
			continue
		}
		s.structs(func(spec *ast.TypeSpec, st *ast.StructType) {
			if slices.Contains(bases(st.Fields), "Writer") {
				types[spec.Name.Name] = true
			}
		})
		s.functions(func(f *ast.FuncDecl) {
			if f.Recv != nil {
				name := base(f.Recv.List[0].Type)
				methods[name] = append(methods[name], f.Name.Name)
			}
		})
	}
	for name, has := range methods {
		value := slices.Contains(has, "Set") && (slices.Contains(has, "Type") || slices.Contains(has, "String"))
		types[name] = types[name] || value || slices.Contains(has, "Error")
	}
	return types
}

func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	return base(f.Recv.List[0].Type) + "."
}

func isWiring(f *ast.FuncDecl, types map[string]bool) bool {
	if exits.MatchString(f.Name.Name) {
		return true
	}
	if f.Recv != nil {
		if name := base(f.Recv.List[0].Type); types[name] || optional.MatchString(name) {
			return true
		}
	}
	known := append(bases(f.Type.Params), bases(f.Type.Results)...)
	return slices.ContainsFunc(known, func(name string) bool { return wires.MatchString(name) || optional.MatchString(name) })
}

// external is the packages that a package links which are neither the standard library's own nor ours.
func external(root, pkg string) (row, error) {
	list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if .Main}}ours {{end}}{{end}}{{.ImportPath}}", pkg)
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		return row{}, fmt.Errorf("go list -deps %s: %w", pkg, err)
	}
	found := foreign(strings.Split(string(out), "\n"))
	return counted("external packages linked by models/"+path.Base(pkg), "≤ 15", found), nil
}

// foreign are those that come from elsewhere: their path begins with a host's name, or with vendor/ where the standard
// library has taken it.
func foreign(paths []string) (found []string) {
	for _, p := range paths {
		first, _, _ := strings.Cut(p, "/")
		if !strings.HasPrefix(p, "ours ") && (strings.Contains(first, ".") || first == "vendor") {
			found = append(found, p)
		}
	}
	return found
}
