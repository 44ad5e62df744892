package lazyregexp

// String returns the expression.
func (re *Regexp) String() string { return re.expr }

// MatchString is [regexp.Regexp.MatchString].
func (re *Regexp) MatchString(s string) bool { return re.Compiled().MatchString(s) }

// Match is [regexp.Regexp.Match].
func (re *Regexp) Match(b []byte) bool { return re.Compiled().Match(b) }

// Find is [regexp.Regexp.Find].
func (re *Regexp) Find(b []byte) []byte { return re.Compiled().Find(b) }

// FindSubmatch is [regexp.Regexp.FindSubmatch].
func (re *Regexp) FindSubmatch(b []byte) [][]byte { return re.Compiled().FindSubmatch(b) }

// FindSubmatchIndex is [regexp.Regexp.FindSubmatchIndex].
func (re *Regexp) FindSubmatchIndex(b []byte) []int { return re.Compiled().FindSubmatchIndex(b) }

// FindAllSubmatchIndex is [regexp.Regexp.FindAllSubmatchIndex].
func (re *Regexp) FindAllSubmatchIndex(b []byte, n int) [][]int {
	return re.Compiled().FindAllSubmatchIndex(b, n)
}

// FindString is [regexp.Regexp.FindString].
func (re *Regexp) FindString(s string) string { return re.Compiled().FindString(s) }

// FindStringIndex is [regexp.Regexp.FindStringIndex].
func (re *Regexp) FindStringIndex(s string) []int { return re.Compiled().FindStringIndex(s) }

// FindStringSubmatch is [regexp.Regexp.FindStringSubmatch].
func (re *Regexp) FindStringSubmatch(s string) []string { return re.Compiled().FindStringSubmatch(s) }

// FindStringSubmatchIndex is [regexp.Regexp.FindStringSubmatchIndex].
func (re *Regexp) FindStringSubmatchIndex(s string) []int {
	return re.Compiled().FindStringSubmatchIndex(s)
}

// FindAllString is [regexp.Regexp.FindAllString].
func (re *Regexp) FindAllString(s string, n int) []string { return re.Compiled().FindAllString(s, n) }

// FindAllStringIndex is [regexp.Regexp.FindAllStringIndex].
func (re *Regexp) FindAllStringIndex(s string, n int) [][]int {
	return re.Compiled().FindAllStringIndex(s, n)
}

// FindAllStringSubmatch is [regexp.Regexp.FindAllStringSubmatch].
func (re *Regexp) FindAllStringSubmatch(s string, n int) [][]string {
	return re.Compiled().FindAllStringSubmatch(s, n)
}

// FindAllStringSubmatchIndex is [regexp.Regexp.FindAllStringSubmatchIndex].
func (re *Regexp) FindAllStringSubmatchIndex(s string, n int) [][]int {
	return re.Compiled().FindAllStringSubmatchIndex(s, n)
}

// ReplaceAll is [regexp.Regexp.ReplaceAll].
func (re *Regexp) ReplaceAll(b, with []byte) []byte { return re.Compiled().ReplaceAll(b, with) }

// ReplaceAllString is [regexp.Regexp.ReplaceAllString].
func (re *Regexp) ReplaceAllString(s, with string) string {
	return re.Compiled().ReplaceAllString(s, with)
}

// ReplaceAllStringFunc is [regexp.Regexp.ReplaceAllStringFunc].
func (re *Regexp) ReplaceAllStringFunc(s string, with func(string) string) string {
	return re.Compiled().ReplaceAllStringFunc(s, with)
}

// Split is [regexp.Regexp.Split].
func (re *Regexp) Split(s string, n int) []string { return re.Compiled().Split(s, n) }
