package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// configurations are the composite literals of models/sim's Config.
func (t *tree) configurations() (found []string) {
	for _, s := range t.code() {
		local := s.dir() == "models/sim"
		name := s.imports("models/sim")
		ast.Inspect(s.file, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok || lit.Type == nil || len(lit.Elts) == 0 {
				return true
			}
			if written := types.ExprString(lit.Type); name != "" && written == name+".Config" || local && written == "Config" {
				found = append(found, s.says(n, written))
			}
			return true
		})
	}
	return found
}

var (
	measured = regexp.MustCompile(`^(Table|Records?|Runs?|Calibration)$`)
	costly   = regexp.MustCompile(`(?i)^(service)?(cost|overhead|demand|deployment)s?$`)
	// A function may be called so and return a bare number.
	costlyName = regexp.MustCompile(`(?i)(cost|overhead|demand)s?(of)?$`)
)

// estimators are the functions that make what a request costs of measured runs, themselves: those that call another
// for it, or have a function of their package call it, are none.
func (t *tree) estimators() (found []string) {
	names := make(map[string]bool) // with the package's, "demand.Of"
	t.costings(func(s *source, f *ast.FuncDecl) { names[s.file.Name.Name+"."+f.Name.Name] = true })
	graph := t.calls()
	t.costings(func(s *source, f *ast.FuncDecl) {
		own := s.file.Name.Name + "." + f.Name.Name
		if !graph.reaches(own, names) {
			found = append(found, s.says(f, f.Name.Name))
		}
	})
	return found
}

// costings calls f for each function that takes measured runs and returns what a request costs.
func (t *tree) costings(f func(*source, *ast.FuncDecl)) {
	for _, s := range t.code() {
		s.functions(func(fn *ast.FuncDecl) {
			if slices.ContainsFunc(bases(fn.Type.Params), measured.MatchString) && tellsCost(fn) {
				f(s, fn)
			}
		})
	}
}

func tellsCost(f *ast.FuncDecl) bool {
	results := f.Type.Results
	if results == nil {
		return false
	}
	return costlyName.MatchString(f.Name.Name) && returnsNumber(f) || slices.ContainsFunc(results.List, func(f *ast.Field) bool {
		return costly.MatchString(base(f.Type)) || types.ExprString(f.Type) == "queueing.Open"
	})
}

// A calling says which functions each function calls, all by package and name; a method goes by its name alone.
type calling map[string]map[string]bool

// calls are those of the whole tree. What a method is called on is not known without types: it is taken for one of the
// same package.
func (t *tree) calls() calling {
	all := make(calling)
	for _, s := range t.code() {
		own := s.file.Name.Name
		s.functions(func(f *ast.FuncDecl) {
			from := own + "." + f.Name.Name
			if all[from] == nil {
				all[from] = make(map[string]bool)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					all[from][own+"."+base(call.Fun)], all[from][types.ExprString(call.Fun)] = true, true
				}
				return true
			})
		})
	}
	return all
}

// reaches reports whether a function calls one of the names but its own, by way of functions of its package.
func (c calling) reaches(from string, names map[string]bool) bool {
	own, _, _ := strings.Cut(from, ".")
	seen, next := map[string]bool{from: true}, []string{from}
	for len(next) > 0 {
		called := c[next[0]]
		next = next[1:]
		for to := range called {
			if seen[to] {
				continue
			}
			if seen[to] = true; names[to] {
				return true
			}
			if strings.HasPrefix(to, own+".") {
				next = append(next, to)
			}
		}
	}
	return false
}

// intervals are the struct types of an estimate with its bounds.
func (t *tree) intervals() (found []string) {
	for _, s := range t.code() {
		s.structs(func(spec *ast.TypeSpec, st *ast.StructType) {
			if !strings.HasSuffix(spec.Name.Name, "JSON") && isInterval(numbers(st)) {
				found = append(found, s.says(spec, spec.Name.Name))
			}
		})
	}
	return found
}

// isInterval reports whether fields are an estimate with its bounds, or a mean with its half width, and little more.
func isInterval(fields map[string]bool, others int) bool {
	const most = 6
	if len(fields)+others > most {
		return false
	}
	centre := slices.ContainsFunc([]string{"estimate", "value", "mean", "median", "at"}, func(name string) bool { return fields[name] })
	return centre && (fields["low"] && fields["high"] || fields["half"])
}

// numbers are the names of the fields of float64 in lower case, and how many other fields there are.
func numbers(st *ast.StructType) (names map[string]bool, others int) {
	names = make(map[string]bool)
	for _, f := range st.Fields.List {
		if types.ExprString(f.Type) != "float64" {
			others += max(1, len(f.Names))
			continue
		}
		for _, name := range f.Names {
			names[strings.ToLower(name.Name)] = true
		}
	}
	return names, others
}

// medians are the functions that find the middle of numbers.
func (t *tree) medians() (found []string) {
	for _, s := range t.code() {
		s.functions(func(f *ast.FuncDecl) {
			name := strings.ToLower(f.Name.Name)
			named := name == "median" && returnsNumber(f) && (ofList(f) || f.Recv != nil && f.Type.Params.NumFields() == 0)
			if named || name == "quantile" && ofNumbers(f) || halves(f) {
				found = append(found, s.says(f, f.Name.Name))
			}
		})
	}
	return found
}

func returnsNumber(f *ast.FuncDecl) bool {
	if f.Type.Results == nil {
		return false
	}
	first := types.ExprString(f.Type.Results.List[0].Type)
	return first == "float64" || first == "time.Duration"
}

// ofList reports whether the first parameter is a list.
func ofList(f *ast.FuncDecl) bool {
	if f.Type.Params.NumFields() == 0 {
		return false
	}
	_, ok := f.Type.Params.List[0].Type.(*ast.ArrayType)
	return ok
}

// ofNumbers reports whether it is one of numbers.
func ofNumbers(f *ast.FuncDecl) bool {
	if !ofList(f) {
		return false
	}
	list := f.Type.Params.List[0].Type.(*ast.ArrayType)
	return slices.Contains([]string{"float64", "int", "int64", "uint64", "Duration"}, base(list.Elt))
}

// halves reports whether a function sorts, and indexes at a half.
func halves(f *ast.FuncDecl) (yes bool) {
	sorts := false
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			sorts = sorts || strings.HasPrefix(n.Name, "Sort")
		case *ast.IndexExpr:
			if b, ok := n.Index.(*ast.BinaryExpr); ok && b.Op == token.QUO {
				if two, ok := b.Y.(*ast.BasicLit); ok && two.Value == "2" {
					yes = true
				}
			}
		}
		return true
	})
	return yes && sorts
}
