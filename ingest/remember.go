package ingest

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"finpages/state"
)

// remember adds the run to the history, and notes what the next run starts
// from. It returns what is then known, and how many pages Intercom has.
func (r *run) remember(res *results, report Report) (info state.Info, owned int, err error) {
	enc, err := json.Marshal(report)
	if err != nil {
		return info, 0, fmt.Errorf("encode report: %w", err)
	}
	err = r.State.Update(r.Source, func(tx *state.Tx) error {
		if info, err = tx.Info(); err != nil {
			return err
		}
		r.conclude(&info, res, report)
		if err := tx.PutInfo(info); err != nil {
			return err
		}
		if r.src.Journal > 0 {
			if err := tx.TrimJournal(r.Started.Add(-r.src.Journal)); err != nil {
				return err
			}
		}
		owned = tx.CountPages()
		_, err := tx.AddRun(state.Run{Started: r.Started.UTC(), Finished: time.Now().UTC(), Report: enc})
		return err
	})
	return info, owned, err
}

// conclude brings what is known of the source up to this run.
func (r *run) conclude(info *state.Info, res *results, report Report) {
	total := res.total()
	if report.Result == Failed || report.Result == Interrupted {
		info.FindLeftovers = info.FindLeftovers || total.Leftovers
		return
	}
	switch {
	case report.Complete:
		info.LastComplete, info.IncompleteFrom = r.Started.UTC(), time.Time{}
	case info.IncompleteFrom.IsZero():
		info.IncompleteFrom = r.Started.UTC()
	}
	info.Incomplete = nil
	for _, in := range report.Incomplete {
		info.Incomplete = append(info.Incomplete, in.String())
	}
	info.FindLeftovers = total.Leftovers || info.FindLeftovers && (!report.Complete || report.Waiting > 0)
	info.Withheld = report.Withheld
	info.Listed, info.Excluded, info.OldestUnpushed = report.Listed, report.Excluded, total.Oldest
	info.Names = namesFor(info.Names, res, report)
	info.CleanRevision, info.CleanSettings = "", state.Hash{}
	if report.Result == OK && report.Complete {
		info.Unlisted = 0 // all that the source has is known now
	}
	if report.Result == OK && report.Waiting == 0 {
		info.CleanRevision, info.CleanSettings = res.source.Revision, r.src.listingFingerprint(res.source.Settings)
	}
	if !res.pushed.upsertFailed {
		info.Rules = r.src.rules()
	}
	switch {
	case report.Held-report.HeldUpdates+report.Waiting == 0:
		info.DeletesWaiting = time.Time{}
	case info.DeletesWaiting.IsZero():
		info.DeletesWaiting = r.Started.UTC()
	}
}

// logReport says in one line how the run went.
func (r *run) logReport(report Report) {
	if r.opts.Plan {
		return
	}
	level, message := slog.LevelInfo, "synced"
	if report.Result != OK {
		level, message = slog.LevelWarn, "synced, but not all is well"
	}
	if report.Result == Failed {
		level, message = slog.LevelError, "sync failed"
	}
	if report.Interrupted {
		level, message = slog.LevelWarn, "sync interrupted"
	}
	took := time.Duration(report.Duration * float64(time.Second))
	attrs := []slog.Attr{
		slog.String("result", string(report.Result)), slog.Bool("complete", report.Complete),
		slog.Int("listed", report.Listed), slog.Int("excluded", report.Excluded),
		slog.Int("unchanged", report.Unchanged),
		slog.Int("created", report.Created), slog.Int("updated", report.Updated), slog.Int("deleted", report.Deleted),
		slog.Int("moved", report.Moved), slog.Int("held", report.Held), slog.Int("waiting", report.Waiting),
		slog.Int("failed", report.Failed), slog.Int("quarantined", report.Quarantined),
		slog.Int64("requests", report.Requests), slog.String("took", took.Round(time.Millisecond).String()),
	}
	if report.Error != "" {
		attrs = append(attrs, slog.String("error", report.Error))
	}
	if report.HoldID != "" {
		attrs = append(attrs, slog.String("hold", report.HoldID), slog.String("reason", report.HoldReason),
			slog.String("mend", "look at them with finpages status, "+
				"release them with finpages approve "+r.Source+" "+report.HoldID))
	}
	for _, in := range report.Incomplete {
		r.Log.Warn("listing incomplete, nothing of it is deleted", "scope", in.Scope, "error", in.Error)
	}
	r.Log.LogAttrs(r.Ctx, level, message, attrs...)
}
