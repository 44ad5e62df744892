// Package decide holds the decisions of a run: pure functions, each with its
// table in the comment. What a run does about an entry and about its page, what
// becomes of a page whose entry is gone, and how much may go or change at once.
package decide

import (
	"finpages/sources"
	"finpages/state"
)

// Action is what a run does about a listed entry.
type Action int

// The actions.
const (
	Unchanged   Action = iota // nothing
	Quarantined               // nothing: it was refused, and nothing has changed since
	Unreadable                // keep its pages, report it
	Withdraw                  // take its pages out, note why
	Recovered                 // nothing, but its error is over
	Load                      // read it, and see
)

// Prior is what was known of an entry before the run.
type Prior struct {
	Record state.Entry
	Found  bool
	Intent bool // a write of one of its pages was begun and its outcome is not known
}

// Entry says what to do about an entry before it is read. The first row that
// fits counts.
//
//	entry       record                       intent  full   action
//	Err         any                          any     any    unreadable
//	Withheld    same reason, no pages        no      any    unchanged
//	Withheld    any other                    any     any    withdraw; within the budget if Unproven
//	-           none                         any     any    load
//	-           any                          yes     any    load
//	-           any                          any     yes    load
//	-           other settings               any     any    load
//	Revoked     any                          any     any    load
//	-           other revision, or unknown   any     any    load
//	-           Error of the listing         no      no     recovered
//	-           Error, or Clash              any     any    load
//	-           Refused                      no      no     quarantined
//	-           any other                    no      no     unchanged
func Entry(e sources.Entry, known Prior, settings state.Hash, full bool) Action {
	switch {
	case e.Err != nil:
		return Unreadable
	case e.Withheld != "":
		if known.Found && known.Record.Withheld == e.Withheld && len(known.Record.Pages) == 0 && !known.Intent {
			return Unchanged
		}
		return Withdraw
	case !known.Found, known.Intent, full, known.Record.Settings != settings,
		e.Revoked != "", e.Revision == "", known.Record.Revision != e.Revision:
		return Load
	case known.Record.Error != "" && known.Record.ListingError && !known.Record.IDTaken && known.Record.Refused == "":
		return Recovered
	case known.Record.Error != "", known.Record.IDTaken:
		return Load
	case known.Record.Refused != "":
		return Quarantined
	}
	return Unchanged
}

// PushAction is what a run does about a page that was rendered.
type PushAction int

// The actions about pages.
const (
	Same PushAction = iota // Intercom has it as it is
	Create
	Update
	KeepRefused // this very request was refused before
)

// Push says what to do with a page's request.
//
//	full or intent  page record   hash              refused hash   action
//	no              any           any               equal          keepRefused
//	any             none          any               other          create
//	no              found         equal             other          same
//	otherwise                                                      update
func Push(page state.Page, found bool, hash state.ShortHash, known Prior, full bool) PushAction {
	force := full || known.Intent
	switch {
	case !force && known.Record.Refused != "" && known.Record.RefusedHash == hash:
		return KeepRefused
	case !found:
		return Create
	case !force && page.Hash == hash:
		return Same
	}
	return Update
}
