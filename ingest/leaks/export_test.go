package leaks

// Thorough is the detector without what it skips to be quick.
func (d *Detector) Thorough() *Detector {
	in := d.index()
	in.rules = append([]rule(nil), in.rules...)
	for i := range in.rules {
		in.rules[i].shape = shape{}
	}
	return &Detector{index: func() index { return in }}
}

// Shape is what the matches of an expression have.
func Shape(expr string) (word, value int) {
	s := shapeOf(expr)
	return s.word, s.value
}
