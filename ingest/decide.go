package ingest

import (
	"finpages/sources"
	"finpages/state"
)

// verdict is what a run does about a listed entry.
type verdict int

const (
	unchanged   verdict = iota // nothing
	quarantined                // nothing: it was refused, and nothing has changed since
	unreadable                 // keep its pages, report it
	withdraw                   // take its pages out, note why
	recovered                  // nothing, but its error is over
	load                       // read it, and see
)

// known is what the state knows of an entry.
type known struct {
	entry  state.Entry
	found  bool
	intent bool // a write of one of its pages was begun and its outcome is not known
}

// decide says what to do about an entry before it is read. The first row that
// fits counts.
//
//	entry       record                       intent  full   verdict
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
func decide(e sources.Entry, k known, settings state.Hash, full bool) verdict {
	switch {
	case e.Err != nil:
		return unreadable
	case e.Withheld != "":
		if k.found && k.entry.Withheld == e.Withheld && len(k.entry.Pages) == 0 && !k.intent {
			return unchanged
		}
		return withdraw
	case !k.found, k.intent, full, k.entry.Settings != settings,
		e.Revoked != "", e.Revision == "", k.entry.Revision != e.Revision:
		return load
	case k.entry.Error != "" && k.entry.ListingError && !k.entry.IDTaken && k.entry.Refused == "":
		return recovered
	case k.entry.Error != "", k.entry.IDTaken:
		return load
	case k.entry.Refused != "":
		return quarantined
	}
	return unchanged
}

// pushVerdict is what a run does about a page that was rendered.
type pushVerdict int

const (
	same pushVerdict = iota // Intercom has it as it is
	create
	update
	keepRefused // this very request was refused before
)

// decidePush says what to do with a page's request.
//
//	full or intent  page record   hash              refused hash   verdict
//	no              any           any               equal          keepRefused
//	any             none          any               other          create
//	no              found         equal             other          same
//	otherwise                                                      update
func decidePush(page state.Page, found bool, hash state.Hash, k known, full bool) pushVerdict {
	force := full || k.intent
	switch {
	case !force && k.entry.Refused != "" && k.entry.RefusedHash == hash:
		return keepRefused
	case !found:
		return create
	case !force && page.Hash == hash:
		return same
	}
	return update
}
