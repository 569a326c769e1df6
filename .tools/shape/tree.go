package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// A tree is the parsed files of a module.
type tree struct {
	files []*source
}

// A source is one file.
type source struct {
	path string // slash-separated, from the root
	test bool
	text []byte
	at   *token.FileSet
	file *ast.File
}

// readTree parses the Go files below root but those in hidden folders, testdata and modules of their own.
func readTree(root string) (*tree, error) {
	t := new(tree)
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return enter(root, name, d.Name())
		}
		if filepath.Ext(name) != ".go" {
			return nil
		}
		local, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return t.add(filepath.ToSlash(local), text)
	})
	if err == nil && len(t.files) == 0 {
		err = fmt.Errorf("%s: no Go files", root)
	}
	return t, err
}

// enter is fs.SkipDir for a folder whose files are not the module's.
func enter(root, name, base string) error {
	if name == root {
		return nil
	}
	if strings.HasPrefix(base, ".") || base == "testdata" {
		return fs.SkipDir
	}
	if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}

func (t *tree) add(name string, text []byte) error {
	at := token.NewFileSet()
	file, err := parser.ParseFile(at, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	t.files = append(t.files, &source{name, strings.HasSuffix(name, "_test.go"), text, at, file})
	return nil
}

// code is the files that are not tests.
func (t *tree) code() (files []*source) {
	for _, f := range t.files {
		if !f.test {
			files = append(files, f)
		}
	}
	return files
}

func (s *source) dir() string { return path.Dir(s.path) }

// says is a finding at a node.
func (s *source) says(n ast.Node, what string) string {
	return fmt.Sprintf("%s:%d: %s", s.path, s.at.Position(n.Pos()).Line, what)
}

// imports is what the file calls a package whose path ends so; "" if it does not import it.
func (s *source) imports(suffix string) string {
	for _, i := range s.file.Imports {
		p := strings.Trim(i.Path.Value, `"`)
		if p != suffix && !strings.HasSuffix(p, "/"+suffix) {
			continue
		}
		if i.Name != nil {
			return i.Name.Name
		}
		return path.Base(p)
	}
	return ""
}

// functions calls f for each function and method of the file.
func (s *source) functions(f func(*ast.FuncDecl)) {
	for _, d := range s.file.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok {
			f(fn)
		}
	}
}

// structs calls f for each struct type that the file declares.
func (s *source) structs(f func(*ast.TypeSpec, *ast.StructType)) {
	ast.Inspect(s.file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.TypeSpec); ok {
			if st, ok := spec.Type.(*ast.StructType); ok {
				f(spec, st)
			}
		}
		return true
	})
}

// base is the name of a type without its package and pointers, slices and maps around it: Table of
// map[string]*results.Table. A type without a name has none.
func base(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.Ident:
		return t.Name
	case *ast.SelectorExpr:
		return t.Sel.Name
	case *ast.StarExpr:
		return base(t.X)
	case *ast.ArrayType:
		return base(t.Elt)
	case *ast.MapType:
		return base(t.Value)
	case *ast.Ellipsis:
		return base(t.Elt)
	case *ast.IndexExpr:
		return base(t.X)
	}
	return ""
}

// bases are those of a list of parameters or results.
func bases(list *ast.FieldList) (names []string) {
	if list == nil {
		return nil
	}
	for _, f := range list.List {
		names = append(names, base(f.Type))
	}
	return names
}
