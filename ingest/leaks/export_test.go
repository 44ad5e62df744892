package leaks

// Thorough is the detector without what it skips to be quick.
func (d *Detector) Thorough() *Detector {
	all := &Detector{rules: append([]rule(nil), d.rules...), keywords: d.keywords, byWord: d.byWord}
	for i := range all.rules {
		all.rules[i].shape = shape{}
	}
	return all
}

// Shape is what the matches of an expression have.
func Shape(expr string) (word, value int) {
	s := shapeOf(expr)
	return s.word, s.value
}
