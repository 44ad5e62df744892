package state_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"finpages/state"

	"github.com/jackc/pgx/v5"
)

// However many records a first run has written already, a server that was told
// nothing of the table reads those that are asked for or deleted, and no others.
func recordsAreFoundByTheirKeys(t *testing.T, url string) {
	db := open(t, url)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	if _, err := conn.Exec(t.Context(), "alter table finpages_records set (autovacuum_enabled = false)"); err != nil {
		t.Fatal(err)
	}
	const rounds, each = 200, 10
	for round := range rounds {
		var ids, before []string
		for i := range each {
			ids, before = append(ids, fmt.Sprint(round, "/", i)), append(before, fmt.Sprint(round-1, "/", i))
		}
		if err := db.Update("docs", func(tx *state.Tx) error { return nextPages(tx, ids, before) }); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for others := 1; others > 0; { // their counts are in once they have gone
		row := conn.QueryRow(t.Context(), `select count(*) from pg_stat_activity where datname = current_database()
			and backend_type = 'client backend' and pid <> pg_backend_pid()`)
		if err := row.Scan(&others); err != nil {
			t.Fatal(err)
		}
	}
	var read int
	row := conn.QueryRow(t.Context(),
		"select sum(idx_tup_read) from pg_stat_user_indexes where relname = 'finpages_records'")
	if err := row.Scan(&read); err != nil {
		t.Fatal(err)
	}
	if most := 10 * rounds * each; read > most {
		t.Errorf("%d records were read to write %d: more than %d", read, rounds*each, most)
	}
}

// nextPages writes pages, with an intent for each, and drops the intents of those before.
func nextPages(tx *state.Tx, ids, before []string) error {
	err := tx.Pages(ids, func(_ int, _ state.Page, found bool) error {
		if found {
			return errors.New("a page is there already")
		}
		return nil
	})
	for i, id := range ids {
		err = errors.Join(err, tx.PutPage(id, state.Page{Entry: id}), tx.PutIntent(id, state.Intent{Entry: id}),
			tx.DeleteIntent(before[i]))
	}
	return err
}
