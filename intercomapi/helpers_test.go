package intercomapi_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"finpages/intercomapi"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const testToken = "dG9rOjEyMzQ="

// transport is an API without a network, for synctest: a real connection
// would keep the bubble's clock from moving.
type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	return t(r)
}

// reply is an answer of the API; header holds name, value pairs.
func reply(status int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{
		StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: int64(len(body)),
	}
}

// newClient makes a client of a stub; change may adjust its options.
func newClient(t testing.TB, rt http.RoundTripper, change ...func(*intercomapi.Options)) *intercomapi.Client {
	t.Helper()
	o := intercomapi.Options{
		BaseURL: "https://api.example.com", Version: "2.16", Transport: rt,
		Token: func() (string, error) { return testToken, nil },
	}
	for _, f := range change {
		f(&o)
	}
	c, err := intercomapi.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func noRetry(o *intercomapi.Options) { o.RetryFor = -1 }

const pageJSON = `{"type":"external_page","id":"21","source_id":44,"external_id":"abc","title":"T","html":"<p>x</p>",
"url":"https://docs.example.com/abc","locale":"en","ai_agent_availability":true,"ai_copilot_availability":false,
"ai_sales_agent_availability":true,"created_at":1734537273,"updated_at":1734537274,"last_ingested_at":1734537275}`

const sourceJSON = `{"type":"content_import_source","id":33,"url":"https://docs.example.com","sync_behavior":"api",
"status":"active","audience_ids":[5],"created_at":1734537259,"updated_at":1734537260,"last_synced_at":1734537261}`

var somePage = intercomapi.PageRequest{
	SourceID: 44, ExternalID: "abc", Title: "T", HTML: "<p>x</p>", URL: "https://docs.example.com/abc", AIAgent: true,
}

// operations calls every method that sends something.
var operations = map[string]func(context.Context, *intercomapi.Client) error{
	"get me":   func(ctx context.Context, c *intercomapi.Client) error { _, err := c.Me(ctx); return err },
	"get page": func(ctx context.Context, c *intercomapi.Client) error { _, err := c.Page(ctx, "21"); return err },
	"list pages": func(ctx context.Context, c *intercomapi.Client) error {
		_, err := collect(c.ListPages(ctx, noHash))
		return err
	},
	"find page": func(ctx context.Context, c *intercomapi.Client) error {
		_, _, err := c.FindPage(ctx, 44, "abc", noHash)
		return err
	},
	"list import sources": func(ctx context.Context, c *intercomapi.Client) error {
		_, err := collect(c.ImportSources(ctx))
		return err
	},
	"get import source": func(ctx context.Context, c *intercomapi.Client) error {
		_, err := c.ImportSource(ctx, 33)
		return err
	},
	"create import source": func(ctx context.Context, c *intercomapi.Client) error {
		_, err := c.CreateImportSource(ctx, intercomapi.ImportSourceRequest{URL: "https://docs.example.com"})
		return err
	},
	"update import source": func(ctx context.Context, c *intercomapi.Client) error {
		r := intercomapi.ImportSourceRequest{
			URL: "https://docs.example.com", Status: "active", AudienceIDs: []int64{5}, ApplyAudience: true,
		}
		_, err := c.UpdateImportSource(ctx, 33, r)
		return err
	},
	"upsert page": func(ctx context.Context, c *intercomapi.Client) error {
		_, err := c.UpsertPage(ctx, somePage)
		return err
	},
	"delete page": func(ctx context.Context, c *intercomapi.Client) error { return c.DeletePage(ctx, "21") },
}

func collect[T any](seq func(func(T, error) bool)) (all []T, err error) {
	for item, e := range seq {
		if e != nil {
			return all, e
		}
		all = append(all, item)
	}
	return all, nil
}

func noHash(intercomapi.ExternalPage) (none [32]byte) { return none }
