package ingest

import (
	"finpages/sources"
	"finpages/state"
)

// action is what a run does about a listed entry.
type action int

const (
	unchanged   action = iota // nothing
	quarantined               // nothing: it was refused, and nothing has changed since
	unreadable                // keep its pages, report it
	withdraw                  // take its pages out, note why
	recovered                 // nothing, but its error is over
	load                      // read it, and see
)

// priorEntry is what was known of an entry before the run.
type priorEntry struct {
	record state.Entry
	found  bool
	intent bool // a write of one of its pages was begun and its outcome is not known
}

// decide says what to do about an entry before it is read. The first row that
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
func decide(e sources.Entry, known priorEntry, settings state.Hash, full bool) action {
	switch {
	case e.Err != nil:
		return unreadable
	case e.Withheld != "":
		if known.found && known.record.Withheld == e.Withheld && len(known.record.Pages) == 0 && !known.intent {
			return unchanged
		}
		return withdraw
	case !known.found, known.intent, full, known.record.Settings != settings,
		e.Revoked != "", e.Revision == "", known.record.Revision != e.Revision:
		return load
	case known.record.Error != "" && known.record.ListingError && !known.record.IDTaken && known.record.Refused == "":
		return recovered
	case known.record.Error != "", known.record.IDTaken:
		return load
	case known.record.Refused != "":
		return quarantined
	}
	return unchanged
}

// pushAction is what a run does about a page that was rendered.
type pushAction int

const (
	same pushAction = iota // Intercom has it as it is
	create
	update
	keepRefused // this very request was refused before
)

// decidePush says what to do with a page's request.
//
//	full or intent  page record   hash              refused hash   action
//	no              any           any               equal          keepRefused
//	any             none          any               other          create
//	no              found         equal             other          same
//	otherwise                                                      update
func decidePush(page state.Page, found bool, hash state.Hash, known priorEntry, full bool) pushAction {
	force := full || known.intent
	switch {
	case !force && known.record.Refused != "" && known.record.RefusedHash == hash:
		return keepRefused
	case !found:
		return create
	case !force && page.Hash == hash:
		return same
	}
	return update
}
