package operate

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"finpages/ingest"
	"finpages/state"
)

type actorKey struct{}

// WithActor notes who asks for what is done with the context, in words such as
// "alice" or "the schedule".
func WithActor(ctx context.Context, who string) context.Context {
	return context.WithValue(ctx, actorKey{}, who)
}

// actor is who asks, as noted; "" for nobody.
func actor(ctx context.Context) string {
	who, _ := ctx.Value(actorKey{}).(string)
	return who
}

// Schedule is who runs sources at their times.
const Schedule = "schedule"

// Asked notes who wants a source to run soon, for the next run that nobody else
// asks for.
func (s *Service) Asked(ctx context.Context, source string) { s.asked.Store(source, actor(ctx)) }

// runActor is who wants a run that begins.
func (s *Service) runActor(ctx context.Context, source string) string {
	if who := actor(ctx); who != "" {
		return who
	}
	who, _ := s.asked.LoadAndDelete(source)
	asked, _ := who.(string)
	return cmp.Or(asked, Schedule)
}

// Note adds something that was done, or tried, to the audit trail and to the
// log. A trail that cannot be written does not undo what was done.
func (s *Service) Note(ctx context.Context, a state.Audited, err error) {
	a.Time, a.Who = time.Now().UTC(), cmp.Or(a.Who, actor(ctx), "finpages")
	if err != nil {
		a.Error = err.Error()
	}
	attrs := []any{"who", a.Who, "action", a.Action}
	for _, attr := range [][2]string{{"source", a.Source}, {"detail", a.Detail}, {"error", a.Error}} {
		if attr[1] != "" {
			attrs = append(attrs, attr[0], attr[1])
		}
	}
	if len(a.Pages) > 0 {
		attrs = append(attrs, "pages", len(a.Pages))
	}
	s.engine().Log.Info("audit", attrs...)
	if s.State == nil {
		return
	}
	if err := s.State.AddAudit(a); err != nil {
		s.engine().Log.Error("write the audit trail", "error", err)
	}
}

// Audit returns up to n records of the audit trail, the newest first.
func (s *Service) Audit(_ context.Context, n int) ([]state.Audited, error) { return s.State.Audit(n) }

// noteRun notes a run; one that the schedule began only if it did something:
// the others are in the history of the source.
func (s *Service) noteRun(ctx context.Context, who string, r ingest.Report) {
	did := changesOf(r)
	if who == Schedule && did == "" {
		return
	}
	detail := fmt.Sprintf("run %d: %s", r.Run, cmp.Or(did, "no changes"))
	switch {
	case r.Interrupted && did != "":
		detail = fmt.Sprintf("run %d interrupted: %s", r.Run, did)
	case r.Interrupted:
		detail = fmt.Sprintf("run %d interrupted", r.Run)
	case r.Error != "":
		detail = fmt.Sprintf("run %d failed", r.Run)
	}
	s.Note(ctx, state.Audited{Who: who, Action: "sync", Source: r.Name, Detail: detail}, nil)
}

// changesOf says what a run has changed; "" for nothing.
func changesOf(r ingest.Report) string {
	var did []string
	for _, n := range []struct {
		what string
		n    int
	}{{"created", r.Created}, {"updated", r.Updated}, {"moved", r.Moved}, {"deleted", r.Deleted}} {
		if n.n > 0 {
			did = append(did, fmt.Sprintf("%s %d", n.what, n.n))
		}
	}
	return strings.Join(did, ", ")
}
