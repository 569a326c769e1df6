package file

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/workerlab/workerlab/models/scenario"
)

const (
	longest = 64 << 10 // bytes of a file
	deepest = 32       // brackets and entries of lists in one another
)

// document is the one document of a file.
//
// Note: the parser keeps the path of every node, so that what is nested n deep costs n² bytes; 64 KiB of brackets
// took all of a machine's memory.
func document(data []byte) (ast.Node, error) {
	if bytes.ContainsFunc(data, unprintable) {
		return nil, errors.New("the file is no text: a scenario is some lines of YAML")
	}
	tokens := lexer.Tokenize(string(data))
	if at := tooDeep(tokens); at != nil {
		return nil, fmt.Errorf("[%d:%d] it is nested more than %d deep, which no scenario needs", at.Position.Line, at.Position.Column, deepest)
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, errors.New(yaml.FormatError(err, false, true))
	}
	nothing := []ast.NodeType{ast.NullType, ast.CommentType, ast.DirectiveType}
	var body ast.Node
	for _, d := range file.Docs {
		switch {
		case d.Body == nil || slices.Contains(nothing, d.Body.Type()):
		case body != nil:
			return nil, fault(d.Start, "a second document begins here: a file is one scenario")
		default:
			body = d.Body
		}
	}
	if body == nil {
		return nil, errors.New("the file is empty: it needs a handler and a load at least, as in {handler: [{wait: 20ms}], load: {rate: 40}}")
	}
	return body, nil
}

// unprintable is what no text has, and what a terminal should not be shown.
func unprintable(r rune) bool {
	return r == utf8.RuneError || unicode.IsControl(r) && !strings.ContainsRune("\t\r\n", r)
}

// tooDeep is the first token that is nested too deep, or nil.
func tooDeep(tokens token.Tokens) *token.Token {
	brackets, entries, line := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			line, entries = t.Position.Line, 0
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			brackets++
		case token.SequenceEndType, token.MappingEndType:
			brackets--
		case token.SequenceEntryType, token.MappingKeyType: // as in - - - 1
			entries++
		default:
		}
		if max(brackets, entries) > deepest {
			return t
		}
	}
	return nil
}

// fault is an error with its line and column, and the lines around it.
func fault(at *token.Token, format string, args ...any) error {
	return errors.New(yaml.FormatErrorWithToken(fmt.Sprintf(format, args...), at, false, true))
}

// fit reports the first key or value that a type has no place for, in words of the file; the decoder's are Go's,
// and it takes half a core for none.
func fit(node ast.Node, t reflect.Type, section string) error {
	switch n := node.(type) {
	case *ast.AnchorNode:
		return fit(n.Value, t, section)
	case nil, *ast.AliasNode, *ast.TagNode, *ast.NullNode:
		return nil // the decoder's business
	}
	switch {
	case t.Kind() == reflect.Pointer:
		return fit(node, t.Elem(), section)
	case t == reflect.TypeFor[time.Duration]():
		return fitTime(node)
	case t.Kind() == reflect.Struct:
		return fitKeys(node, t, section)
	case t.Kind() == reflect.Slice:
		list, ok := node.(*ast.SequenceNode)
		if !ok {
			return fault(node.GetToken(), "%s is a list, as in [{cpu: 2ms}, {wait: 20ms}]", section)
		}
		for _, entry := range list.Values {
			if err := fit(entry, t.Elem(), section); err != nil {
				return err
			}
		}
		return nil
	}
	return fitScalar(node, t.Kind(), section)
}

func fitKeys(node ast.Node, t reflect.Type, section string) error {
	var pairs []*ast.MappingValueNode
	switch n := node.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	default:
		return fault(node.GetToken(), "%s is made of keys with values, such as %s", section, strings.Join(slices.Sorted(maps.Keys(keys(t))), ", "))
	}
	for _, pair := range pairs {
		if _, merges := pair.Key.(*ast.MergeKeyNode); merges {
			continue
		}
		key := pair.Key.GetToken().Value
		of, known := keys(t)[key]
		if !known {
			return fault(pair.Key.GetToken(), "unknown key %q in %s: %s", key, section, instead(key, t))
		}
		if err := fit(pair.Value, of, key); err != nil {
			return err
		}
	}
	return nil
}

// keys are those of a struct, each with the type of its value.
func keys(t reflect.Type) map[string]reflect.Type {
	all := make(map[string]reflect.Type)
	for field := range t.Fields() {
		switch key := field.Tag.Get("yaml"); key {
		case "-":
		case ",inline":
			maps.Copy(all, keys(field.Type))
		default:
			all[key] = field.Type
		}
	}
	return all
}

// instead is what an unknown key was probably meant to be.
func instead(key string, t reflect.Type) string {
	here := slices.Sorted(maps.Keys(keys(t)))
	if name := scenario.Nearest(key, here); name != "" {
		return "did you mean " + name + "?"
	}
	sections := keys(reflect.TypeFor[wire]())
	for _, section := range slices.Sorted(maps.Keys(sections)) {
		of := sections[section]
		if of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		if of.Kind() == reflect.Struct && of != t && keys(of)[key] != nil {
			return "it belongs in " + section
		}
	}
	return "want one of " + strings.Join(here, ", ")
}

func fitTime(node ast.Node) error {
	text := node.GetToken().Value
	if _, err := time.ParseDuration(text); err != nil {
		return fault(node.GetToken(), "%q is no time such as 2ms or 1.5s", text)
	}
	return nil
}

func fitScalar(node ast.Node, kind reflect.Kind, key string) error {
	at := node.GetToken()
	switch kind {
	case reflect.Bool:
		if node.Type() != ast.BoolType {
			return fault(at, "%s: %q is neither true nor false", key, at.Value)
		}
	case reflect.Float64:
		switch node.Type() {
		case ast.IntegerType, ast.FloatType, ast.InfinityType, ast.NanType:
		default:
			return fault(at, "%s: %q is no number such as 100 or 0.5", key, at.Value)
		}
	case reflect.Int, reflect.Uint64:
		text := strings.ReplaceAll(at.Value, "_", "")
		_, err := strconv.ParseInt(text, 0, 64)
		if kind == reflect.Uint64 {
			_, err = strconv.ParseUint(text, 0, 64)
		}
		switch {
		case err == nil && node.Type() == ast.IntegerType:
		case kind == reflect.Uint64:
			return fault(at, "%s: %q is no whole number from 0 to %d", key, at.Value, uint64(1<<64-1))
		default:
			return fault(at, "%s: %q is no whole number, or none of this size", key, at.Value)
		}
	default: // a word
		switch node.Type() {
		case ast.MappingType, ast.MappingValueType, ast.SequenceType:
			return fault(at, "%s is one word", key)
		default:
		}
	}
	return nil
}
