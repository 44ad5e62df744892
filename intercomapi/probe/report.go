package probe

import (
	"fmt"
	"io"
	"strings"
)

// Report is what a workspace does. It holds no token, no address and no id, so
// that it can be shared.
type Report struct {
	Version  string    `json:"version"` // of the API, that the program speaks
	Findings []Finding `json:"findings"`
}

// Verdict says what to make of a finding.
type Verdict string

// The verdicts.
const (
	OK      Verdict = "ok"      // as the program expects
	Differs Verdict = "differs" // other than the program expects: see the consequence
	Noted   Verdict = "noted"   // the program copes with any answer
	Unknown Verdict = "unknown" // could not be learned
)

// Finding is one answer of the workspace.
type Finding struct {
	Check       string  `json:"check"`
	Expected    string  `json:"expected,omitempty"` // empty: any answer will do
	Found       string  `json:"found"`
	Verdict     Verdict `json:"verdict"`
	Consequence string  `json:"consequence,omitempty"` // of what was found; always there where it differs
}

// judged returns the finding with its verdict, and the consequence only where
// there is one.
func (f Finding) judged() Finding {
	switch {
	case f.Verdict != "":
	case f.Expected == "":
		f.Verdict = Noted
	case f.Expected == f.Found:
		f.Verdict, f.Consequence = OK, ""
	default:
		f.Verdict = Differs
	}
	return f
}

// Differing returns how many findings are other than expected.
func (r Report) Differing() int {
	n := 0
	for _, f := range r.Findings {
		if f.Verdict == Differs {
			n++
		}
	}
	return n
}

// clean takes what must not be shared out of answers that quote it.
func (r *Report) clean(secrets ...string) {
	for _, s := range secrets {
		if s = strings.TrimRight(s, "/"); s == "" {
			continue
		}
		for i := range r.Findings {
			r.Findings[i].Found = strings.ReplaceAll(r.Findings[i].Found, s, "***")
		}
	}
}

// Write writes the report for a reader.
func (r Report) Write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Intercom's AI Content API, version %s, as this workspace answers:\n\n", r.Version)
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%-8s %s: %s\n", f.Verdict, f.Check, f.Found)
		if f.Verdict == Differs && f.Expected != "" {
			fmt.Fprintf(&b, "%-8s   expected: %s\n", "", f.Expected)
		}
		if f.Consequence != "" {
			fmt.Fprintf(&b, "%-8s   consequence: %s\n", "", f.Consequence)
		}
	}
	switch n := r.Differing(); n {
	case 0:
		b.WriteString("\nEverything that finpages relies on is as expected.\n")
	case 1:
		b.WriteString("\n1 answer differs from what finpages expects.\n")
	default:
		fmt.Fprintf(&b, "\n%d answers differ from what finpages expects.\n", n)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
