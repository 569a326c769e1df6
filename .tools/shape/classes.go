package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// classFolders are the folders of worker classes.
func (t *tree) classFolders() map[string]bool {
	folders := make(map[string]bool)
	for _, s := range t.files {
		if path.Base(s.path) == "worker_linux.go" && path.Dir(s.dir()) == "models" {
			folders[s.dir()] = true
		}
	}
	return folders
}

// claimFolders are the folders of claims.
func (t *tree) claimFolders() map[string]bool {
	folders := make(map[string]bool)
	for _, s := range t.code() {
		if !strings.HasPrefix(s.path, "experiments/") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && slices.ContainsFunc(spec.Names, func(i *ast.Ident) bool { return i.Name == "Experiment" }) {
				folders[s.dir()] = true
			}
			_, isFunc := n.(*ast.FuncDecl)
			return !isFunc
		})
	}
	return folders
}

// classNames are the names that the folders of classes give them, as literals or by constants, and the literals that say
// them there.
func (t *tree) classNames() (names map[string]bool, said map[*ast.BasicLit]bool) {
	names, said = make(map[string]bool), make(map[*ast.BasicLit]bool)
	folders, constants := t.classFolders(), t.constants()
	for _, s := range t.code() {
		if !folders[s.dir()] {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			pair, ok := n.(*ast.KeyValueExpr)
			if !ok {
				return true
			}
			if key, ok := pair.Key.(*ast.Ident); ok && slices.Contains([]string{"Name", "Alias", "Aliases", "Gunicorn"}, key.Name) {
				for _, lit := range words(pair.Value, constants) {
					name, _ := text(lit)
					names[name], said[lit] = true, true
				}
			}
			return true
		})
	}
	return names, said
}

// words are the strings in an expression that are not empty.
func words(e ast.Expr, constants map[string]*ast.BasicLit) (all []*ast.BasicLit) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if text, ok := text(n); ok && text != "" {
				all = append(all, n)
			}
		case *ast.SelectorExpr:
			if lit, ok := constants[types.ExprString(n)]; ok {
				all = append(all, lit)
			}
		}
		return true
	})
	return all
}

// constants are the exported string constants by package and name: "spec.DefaultClass".
func (t *tree) constants() map[string]*ast.BasicLit {
	all := make(map[string]*ast.BasicLit)
	for _, s := range t.code() {
		for _, d := range s.file.Decls {
			group, ok := d.(*ast.GenDecl)
			if !ok || group.Tok != token.CONST {
				continue
			}
			for _, spec := range group.Specs {
				s.constant(spec.(*ast.ValueSpec), all)
			}
		}
	}
	return all
}

func (s *source) constant(spec *ast.ValueSpec, all map[string]*ast.BasicLit) {
	for i, name := range spec.Names {
		if i >= len(spec.Values) || !name.IsExported() {
			continue
		}
		if _, ok := text(spec.Values[i]); ok {
			all[s.file.Name.Name+"."+name.Name] = spec.Values[i].(*ast.BasicLit)
		}
	}
}

// text is a string literal's.
func text(n ast.Expr) (string, bool) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// elsewhere are the files outside the folders of classes and claims and models/catalog.
func (t *tree) elsewhere() (files []*source) {
	classes, claims := t.classFolders(), t.claimFolders()
	for _, s := range t.code() {
		if dir := s.dir(); !classes[dir] && !claims[dir] && dir != "models/catalog" {
			files = append(files, s)
		}
	}
	return files
}

// classLiterals are the class names as literals where none should be.
func (t *tree) classLiterals() (found []string) {
	names, said := t.classNames()
	for _, s := range t.elsewhere() {
		s.uncelled(func(n ast.Node) {
			lit, ok := n.(*ast.BasicLit)
			if !ok || said[lit] {
				return
			}
			if name, ok := text(lit); ok && names[name] {
				found = append(found, s.says(n, name))
			}
		})
	}
	return found
}

// classLists are the files that list classes by name.
func (t *tree) classLists() (found []string) {
	names, _ := t.classNames()
	for _, s := range t.elsewhere() {
		listed := make(map[string]bool)
		s.uncelled(func(n ast.Node) {
			for _, name := range decides(n) {
				if names[name] {
					listed[name] = true
				}
			}
			for _, name := range enumerates(n, names) {
				listed[name] = true
			}
		})
		if len(listed) > 1 {
			found = append(found, fmt.Sprintf("%s: %s", s.path, strings.Join(slices.Sorted(maps.Keys(listed)), " ")))
		}
	}
	return found
}

// uncelled calls f for each node of the file but imports and literals of a slice or array of structs.
func (s *source) uncelled(f func(ast.Node)) {
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.CompositeLit:
			if isCells(n) {
				return false
			}
		}
		if n != nil {
			f(n)
		}
		return true
	})
}

// isCells reports whether a literal is a slice or array of structs: a list of what to measure.
func isCells(lit *ast.CompositeLit) bool {
	list, ok := lit.Type.(*ast.ArrayType)
	if !ok || len(lit.Elts) == 0 {
		return false
	}
	switch list.Elt.(type) {
	case *ast.ArrayType, *ast.MapType:
		return false
	}
	return !slices.ContainsFunc(lit.Elts, func(e ast.Expr) bool {
		inner, ok := e.(*ast.CompositeLit)
		return !ok || len(inner.Elts) == 0
	})
}

// decides are the strings by which a node tells cases apart: those of a case, of a comparison, the keys of a map and
// the elements of a list.
func decides(n ast.Node) (names []string) {
	var among []ast.Expr
	switch n := n.(type) {
	case *ast.CaseClause:
		among = n.List
	case *ast.BinaryExpr:
		if n.Op == token.EQL || n.Op == token.NEQ {
			among = []ast.Expr{n.X, n.Y}
		}
	case *ast.CompositeLit:
		among = listed(n)
	}
	for _, e := range among {
		if name, ok := text(e); ok {
			names = append(names, name)
		}
	}
	return names
}

// listed are the elements of a list, and the keys and values of a map.
func listed(lit *ast.CompositeLit) (all []ast.Expr) {
	switch lit.Type.(type) {
	case *ast.ArrayType:
		return lit.Elts
	case *ast.MapType:
		for _, e := range lit.Elts {
			if pair, ok := e.(*ast.KeyValueExpr); ok {
				all = append(all, pair.Key, pair.Value)
			}
		}
	}
	return all
}

var (
	word      = regexp.MustCompile(`[\p{L}\d_]+`)
	separator = regexp.MustCompile(`^[,|/·\s"'` + "`" + `]*(or|and)?[\s"'` + "`" + `]*$`)
)

// enumerates are the class names in a string that lists three or more of them, one after the other: "sync, gthread or
// asgi".
func enumerates(n ast.Node, names map[string]bool) (all []string) {
	e, ok := n.(ast.Expr)
	if !ok {
		return nil
	}
	s, ok := text(e)
	if !ok {
		return nil
	}
	end := 0
	for _, at := range word.FindAllStringIndex(s, -1) {
		name := s[at[0]:at[1]]
		switch {
		case names[name]:
			if len(all) > 0 && !separator.MatchString(s[end:at[0]]) {
				all = nil
			}
			if all, end = append(all, name), at[1]; len(all) > 2 {
				return all
			}
		case name != "or" && name != "and":
			all = nil
		}
	}
	return nil
}
