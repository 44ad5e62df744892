package state

// PageSummary is what is most asked for of a page's record, which has not been
// decoded. It holds until the transaction ends.
type PageSummary struct {
	ID         string // external_id
	IntercomID string
	Title      []byte
	URL        string
	Empty      bool // its document has no text

	tx          *Tx
	key, stored []byte
}

// Page decodes the record.
func (g PageSummary) Page() (p Page, err error) {
	return p, g.tx.decodePacked(g.key, g.ID, g.stored, &p)
}

// PageSummary returns the summary of a page's record; false if there is none.
func (t *Tx) PageSummary(id string) (g PageSummary, found bool, err error) {
	key := []byte(id)
	stored, err := t.kv.get(pagesBucket, key)
	if err != nil || stored == nil {
		return g, false, readError(err)
	}
	g, err = t.summarize(key, stored)
	return g, true, err
}

// EachPageSummary is EachPage for whoever passes over most pages: it takes a small
// part of the time.
func (t *Tx) EachPageSummary(from string, f func(PageSummary) error) error {
	return stopped(t.kv.scan(pagesBucket, []byte(from), func(k, v []byte) error {
		g, err := t.summarize(k, v)
		if err != nil {
			return err
		}
		return f(g)
	}))
}

func (t *Tx) summarize(key, stored []byte) (PageSummary, error) {
	g := PageSummary{ID: string(key), tx: t, key: key, stored: stored}
	enc, err := unseal(key, stored)
	if err != nil {
		return g, readError(err)
	}
	u := unpacker{rest: enc}
	if parts := u.page(); isPacked(enc) && !u.bad && parts.f2&pageMore == 0 {
		g.IntercomID, g.Title = parts.intercomID(), parts.title
		g.Empty = parts.f1&pageEmpty != 0
		g.URL, _, err = parts.address(g.ID, t)
		return g, readError(err)
	}
	p, err := g.Page()
	g.IntercomID, g.Title, g.URL, g.Empty = p.IntercomID, []byte(p.Title), p.URL, p.Empty
	return g, err
}
