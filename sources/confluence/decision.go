package confluence

import (
	"errors"
	"fmt"
)

// decision is what becomes of a page. At most one reason is set.
type decision struct {
	excluded string // it is left out by a rule, which it names
	withheld string // it must not be in Fin
	unproven bool   // withheld is that the wiki refuses to tell
	err      error  // nobody can tell
}

// decide goes by this order:
//
//	status, root      excluded  the rule is certain
//	archived space    withheld
//	restricted        withheld  unless restricted: include
//	labels unreadable withheld  where labels decide
//	unknown           err       whether it is restricted, below a root, labelled
//	labels            excluded
func (t *tree) decide(p *page) decision {
	a, labelsUnread := t.access(p), t.trusted(p, p.labelsUnread.get())
	left := t.rules.excludedBy(p)
	switch {
	case p.status != "" && p.status != "current":
		return decision{excluded: left}
	case t.archived[p.space]:
		return decision{withheld: "its space " + p.space + " is archived"}
	case len(t.rules.roots) > 0 && a.err == nil && !a.refused && !p.lineage.rooted:
		return decision{excluded: "it is not below a page of root"}
	case a.refused && !p.lineage.rooted && len(t.rules.roots) > 0 && t.rules.withRestricted:
		return decision{err: errors.New(a.reason)} // whether it is below a page of root is not known
	case a.reason != "" && !t.rules.withRestricted:
		return decision{withheld: a.reason, unproven: a.refused}
	case labelsUnread.reason != "" && t.rules.useLabels():
		return decision{withheld: labelsUnread.reason, unproven: labelsUnread.refused}
	case a.err != nil && (!t.rules.withRestricted || len(t.rules.roots) > 0):
		return decision{err: a.err}
	case labelsUnread.err != nil && t.rules.useLabels():
		return decision{err: labelsUnread.err}
	}
	return decision{excluded: left}
}

// whyNotShown says why the text of a page must not appear in another one. That it is
// not below a root, or lacks a label to be taken by itself, is no reason.
func (t *tree) whyNotShown(p *page) string {
	a, labelsUnread := t.access(p), t.trusted(p, p.labelsUnread.get())
	switch l := t.rules.excludedLabel(p); {
	case p.status != "" && p.status != "current":
		return "its status is " + p.status
	case t.archived[p.space]:
		return "its space " + p.space + " is archived"
	case a.reason != "" && !t.rules.withRestricted:
		return a.reason
	case a.err != nil && !t.rules.withRestricted:
		return a.err.Error()
	case labelsUnread.reason != "" && t.rules.useLabels():
		return labelsUnread.reason
	case labelsUnread.err != nil && t.rules.useLabels():
		return labelsUnread.err.Error()
	case l != "":
		return fmt.Sprintf("excluded by its label %q", l)
	}
	return ""
}
