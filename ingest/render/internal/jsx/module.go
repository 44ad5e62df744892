package jsx

import (
	"maps"
	"slices"
	"strings"
)

// Import is a name that a module takes from another file.
type Import struct {
	Name     string // in the module
	Exported string // in the other file, "default", "*" for all of it
	Path     string // of the file, as it is written
}

// DefaultName is what the main value of a module is called in its scope.
const DefaultName = "*default*"

const maxStatements = 2000

// Module reads the statements of a module, and gives the names that it declares to a
// scope. What cannot be read is passed over.
func (r *Run) Module(source string, s *Scope) (imports []Import) {
	p := &reader{s: source}
	for range maxStatements {
		start := p.i
		found, ok := p.moduleStatement(r, s)
		imports = append(imports, found...)
		if ok && p.i >= len(p.s) {
			return imports
		}
		if !ok && !p.recover(start) {
			return imports
		}
	}
	return imports
}

// keywords begin the statements of a module.
var keywords = []string{"import ", "export ", "const ", "let ", "var ", "function ", "async ", "class ", "type ", "interface ",
	"import{", "export{", "import\"", "import'"}

// recover goes on to the next line that begins a statement; false if there is none.
func (p *reader) recover(from int) bool {
	p.depth = 0
	for at := from; ; {
		line := strings.IndexByte(p.s[at:], '\n')
		if line < 0 {
			return false
		}
		at += line + 1
		for _, word := range keywords {
			if strings.HasPrefix(p.s[at:], word) {
				p.i = at
				return true
			}
		}
	}
}

func (p *reader) moduleStatement(r *Run, s *Scope) (imports []Import, ok bool) {
	var err error
	func() {
		defer catch(&err)
		for p.take(";") {
		}
		if p.space(); p.i >= len(p.s) {
			return
		}
		imports = p.statementOf(r, s)
	}()
	return imports, err == nil
}

func (p *reader) statementOf(r *Run, s *Scope) []Import {
	switch {
	case p.word("import"):
		return p.imported()
	case p.word("export"):
		if p.word("default") {
			p.exportDefault(r, s)
			return nil
		}
	}
	switch {
	case p.word("const"), p.word("let"), p.word("var"):
		for {
			p.constant(r, s)
			if !p.take(",") {
				break
			}
		}
	case p.word("function"):
		name := p.name()
		p.later(r, s, name, p.function())
	default:
		p.fail()
	}
	return nil
}

func (p *reader) exportDefault(r *Run, s *Scope) {
	if !p.word("function") {
		p.later(r, s, DefaultName, p.expr())
		return
	}
	name := DefaultName
	if !p.peek("(") {
		name = p.name()
	}
	p.later(r, s, name, p.function())
	s.Set(DefaultName, s.vars[name])
}

// constant reads a name with its value; parts of values have none.
func (p *reader) constant(r *Run, s *Scope) {
	target := p.pattern()
	if target.name == "" || target.otherwise == nil {
		p.fail()
	}
	p.later(r, s, target.name, target.otherwise)
}

func (p *reader) later(r *Run, s *Scope, name string, e Expr) {
	s.Set(name, &Lazy{Make: func() (any, error) { return e(r, s) }})
}

// imported reads what stands behind "import".
func (p *reader) imported() (list []Import) {
	p.word("type")
	if p.peek(`"`) || p.peek("'") {
		p.primary()
		return nil
	}
	for {
		switch {
		case p.take("{"):
			for !p.take("}") {
				p.word("type")
				i := Import{Exported: p.name()}
				if i.Name = i.Exported; p.word("as") {
					i.Name = p.name()
				}
				list = append(list, i)
				if !p.take(",") {
					p.want("}")
					break
				}
			}
		case p.take("*"):
			if !p.word("as") {
				p.fail()
			}
			list = append(list, Import{Name: p.name(), Exported: "*"})
		default:
			list = append(list, Import{Name: p.name(), Exported: "default"})
		}
		if !p.take(",") {
			break
		}
	}
	if !p.word("from") || !p.peek(`"`) && !p.peek("'") {
		p.fail()
	}
	n := StringLength(p.s[p.i:])
	if n == 0 {
		p.fail()
	}
	for i := range list {
		list[i].Path = p.s[p.i+1 : p.i+n-1]
	}
	p.i += n
	return list
}

// Exports are all names of a scope as one value.
func (s *Scope) Exports() *Object {
	o := &Object{}
	for _, name := range slices.Sorted(maps.Keys(s.vars)) {
		v, err := s.find(name)
		if err == nil && name != DefaultName {
			o.Set(name, v)
		}
	}
	return o
}

// Own is the component that a scope has under a name; nil if it has none.
func (s *Scope) Own(name string) any {
	if f := component(name, s); f != nil {
		return f
	}
	return nil
}

// Value is what a name of a scope stands for.
func (s *Scope) Value(name string) (any, error) { return s.find(name) }

// Props evaluates the settings of a tag, and returns those that have a value; lost are
// the names of the others.
func (r *Run) Props(settings string, s *Scope) (props *Object, lost []string, err error) {
	defer catch(&err)
	p := &reader{s: settings}
	props = &Object{}
	for p.space(); p.i < len(p.s); p.space() {
		one := p.prop()
		e := Element{props: props}
		before := len(props.keys)
		if err := e.setProps(r, s, []prop{one}); err != nil {
			return nil, nil, err
		}
		if one.name != "" && len(props.keys) == before {
			lost = append(lost, one.name)
		}
	}
	return props, lost, nil
}

// Settings writes settings as a tag of a component has them, without those of a program.
func (r *Run) Settings(props *Object) string {
	w := writer{run: r}
	for _, key := range props.keys {
		w.prop(false, "", key, props.values[key])
	}
	return strings.TrimSpace(w.out.String())
}

// Make writes what a component makes of its settings, with children in its place as they
// are.
func (r *Run) Make(component any, props *Object, children string) (string, error) {
	own, _ := component.(*function)
	e := &Element{props: props, own: own}
	if children != "" {
		e.children = []any{verbatim(children)}
	}
	return r.Source(e)
}

// verbatim is written as it is.
type verbatim string

// Verbatim is a value that is written as it is.
func Verbatim(source string) any { return verbatim(source) }
