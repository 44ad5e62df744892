// Package ingest keeps Intercom in step with the sources: it lists a source,
// decides by what the state remembers, loads and renders what may have
// changed, pushes it, prunes what is gone, and reports.
//
// A run is a pipeline of values. Each phase takes what came before and returns
// what it found or did; decisions are pure functions with their table in the
// comment:
//
//	[listing.ReadPrior]    → Prior      what was known before
//	[listing.Open]         → Opened     the source as this run sees it
//	[listing.List]         → Listing    what the source has      [decide.Entry]
//	push      (push.go)    → pushed     what became of it        [decide.Push]
//	prune     (prune.go)   → pruned     what left                [decide.Prune], [decide.DeleteFacts.Split]
//	report    (report.go)  → Report     written from all of these
//
// What it leans on has packages of its own: listing (the first half of a run), decide
// (the decisions), transform (an entry becomes the request that pushes its page),
// destination (the pages in Intercom, and their records), tally (the counts of a
// phase), and metrics.
//
// # Words
//
// What things are called, who sets each, and when it ends:
//
//   - entry: one document of a source, listed without reading it
//     ([sources.Entry]). Its ID names it for as long as it lives.
//   - document: the content of an entry, as it is loaded.
//   - page: what Intercom has of a document, under an external_id; one that we
//     pushed has a record in the state ([state.Page]).
//   - revision: changes whenever the content may have changed. The source sets
//     it; as long as it and the settings are those of the record, nothing is read.
//   - scope: the part of the source that an entry lies in. The source says which
//     scopes it could not list in full: what is known in those stays.
//   - excluded: left out by a rule of the config, such as a pattern or a label.
//     The source says so; it ends with the rule. Where the rules are those of the
//     run before, its pages leave at once; where they have changed, within the
//     budget for deletes.
//   - restricted: not for everybody to read in the source. It is one reason to
//     be withheld.
//   - withheld: an entry that is known and must not be in Fin, with the reason
//     (restricted, draft, retracted). The source, the front matter or a person
//     sets it; its pages leave at once. It ends when an entry is listed without.
//   - unproven: withheld by a refusal, where no restriction was read. Its pages
//     leave within the budget.
//   - emptied: an entry that has nothing to show any more. Its pages leave
//     within the budget, in the end.
//   - revoked: what Fin has of an entry must not stay, although the entry may.
//     The source sets it; it ends when its pages are replaced, or gone.
//   - retracted: a person keeps a page out of Fin ([state.Retraction]), until
//     a person lifts that.
//   - refused, or in quarantine: Intercom or the renderer does not take the
//     entry as it is. Its pages stay as they are, and it is not tried again until
//     its content or the settings change.
//   - failed: an entry could not be read, or its page not be pushed, this time.
//     Its pages stay, and the next run tries again.
//   - adopted: a page that Intercom had before the state knew of it, until an
//     entry is found for it.
//   - foreign: an adopted page that the source has no document for. Its delete
//     waits for a person, however few there are.
//   - restored: a page that undo brought back. It stays until the source lists
//     its entry again.
//   - undone: an update that undo took back. The version before it stays until
//     the document changes.
//   - held: a delete or an update over its budget. It waits until somebody
//     approves exactly the set that is shown. A delete stays held until its
//     document is back, an update until those that are left fit the budget.
//   - counted: an update that falls under the budget. Where there may be too many,
//     all are counted before one is pushed.
//   - waiting: a delete that waits for a complete listing, for upserts to
//     succeed, or for the source to confirm it. The next run looks again.
package ingest
