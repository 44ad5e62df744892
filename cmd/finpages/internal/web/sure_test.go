package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// Approving many deletes is asked again, with their number; without script.
func TestManyDeletesAreApprovedTwice(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	var names []string
	for i := range 60 {
		names = append(names, fmt.Sprintf("page-%02d.md", i))
		w.put("docs", names[i], fmt.Sprintf("# Page %d", i))
	}
	w.sync("docs")
	w.remove("docs", names[:30]...)
	w.sync("docs")
	st, err := w.service.Status("docs")
	if err != nil || st.Hold == nil || len(st.Hold.Pages) != 30 {
		t.Fatalf("%+v %v", st.Hold, err)
	}
	for _, sure := range []string{"", "29"} {
		w.want(w.post("/sources/docs/approve", "hold", st.Hold.ID, "sure", sure), http.StatusOK,
			"Delete 30 pages from Fin?", "Yes, delete 30 pages from Fin", `name="sure" value="30"`)
	}
	w.runs.Wait()
	if !strings.Contains(w.inFin(), names[0]) {
		t.Error("pages were deleted without the second question")
	}
	w.want(w.post("/sources/docs/approve", "hold", st.Hold.ID, "sure", "30"), http.StatusSeeOther)
	w.runs.Wait()
	if strings.Contains(w.inFin(), names[0]) {
		t.Error("approved pages are still there")
	}
}
