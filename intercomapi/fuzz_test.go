package intercomapi_test

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"finpages/intercomapi"
	"finpages/sources/limits/costtest"
)

// Whatever an answer holds, the client ends in bounded time, with a result or
// an *Error that quotes no secret.
func FuzzAnswer(f *testing.F) {
	f.Add(200, pageJSON, "83", "70", "946684809", "", "Sat, 01 Jan 2000 00:00:00 GMT")
	f.Add(429, errorList("rate_limit_exceeded", "x", ""), "83", "0", "99999999999", "5", "")
	f.Add(422, `{"errors":[{"code":"`+testToken+`"}]}`, "-1", "1e9", "-9223372036854775808",
		"Sat, 01 Jan 2000 00:00:09 GMT", "now")
	f.Add(502, "<html><body>bob@x\x1b", "9999999999", "1", "1", "-1", "")
	f.Add(301, "", "", "", "", "", "")
	f.Add(200, listOf(items(1, 2), `"https://api.example.com/ai/external_pages?page=%zz"`, -1, -1), "1", "1",
		"946684800", "", "")
	f.Fuzz(func(t *testing.T, status int, body, limit, remaining, reset, after, date string) {
		if status < 200 || status > 999 {
			return
		}
		synctest.Test(t, func(t *testing.T) {
			c := newClient(t, transport(func(*http.Request) (*http.Response, error) {
				return reply(status, body, "X-RateLimit-Limit", limit, "X-RateLimit-Remaining", remaining,
					"X-RateLimit-Reset", reset, "Retry-After", after, "Date", date), nil
			}), noRetry, func(o *intercomapi.Options) { o.Reserve = .2 })
			for name, op := range operations {
				start := time.Now()
				err := op(t.Context(), c)
				if d := time.Since(start); d > 10*time.Minute {
					t.Errorf("%s took %v", name, d)
				}
				if err == nil {
					continue
				}
				if e := (*intercomapi.Error)(nil); !errors.As(err, &e) {
					t.Errorf("%s: %T %v", name, err, err)
				}
				checkText(t, err)
			}
		})
		for _, list := range [][3]string{{}, {`{"type":"list","data":[`, ",", "]}"},
			{`{"type":"error.list","errors":[`, ",", "]}"}} {
			costtest.CheckList(t, list[0], body, list[1], list[2], func(s string) { answerAll(t, status, s) })
		}
	})
}

// answerAll has each operation of a client answered with the body.
func answerAll(t *testing.T, status int, body string) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, transport(func(*http.Request) (*http.Response, error) { return reply(status, body), nil }), noRetry)
		for _, op := range operations {
			_ = op(t.Context(), c)
		}
	})
}

// A page means the same however it is written: one that holds a value with others in
// it is read in another way.
func FuzzPage(f *testing.F) {
	for _, body := range []string{
		pageJSON, `{"id":"1"}`, ` { "id" : 21 , "source_id" : "44", "html":null } `, `{"id":"1","html":"a\n\"\\\/\b\f\r\t\u00e9"}`,
		`{"id":"1","html":"\ud83d\ude00 \ud800"}`, "{\"id\":\"1\",\"title\":\"\xff\"}", `{"id":"1","ID":"2"}`, `{"id":"1","id":null}`,
		`{"id":"1","html":"x","html":"y"}`, `{"id":"1","ai_sales_agent_availability":null,"ai_agent_availability":true}`,
		`{"id":"1","ai_agent_availability":"true"}`, `{"id":"1","created_at":1734537273.5,"updated_at":"1734537273"}`,
		`{"id":"1","source_id":1e3}`, `{"id":"1","source_id":""}`, `{"id":"1","source_id":01}`, `{"id":"1"} x`, `{"id":"1",}`,
		`{"id":"1" "url":"x"}`, `{"id":-0}`, `{"id":"\u0000","html":"` + "\n" + `"}`, `{"id":true}`, `{"id":"1","title":1}`,
		`{"id":"1","source_id":+1}`, `{"id":"1","last_ingested_at":nul}`, `{"id":"1","other":tru}`, `{"id":"1","html":"a\`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		object, ok := strings.CutPrefix(strings.TrimSpace(body), "{")
		if !ok {
			return
		}
		get := func(body string) (p [2]intercomapi.ExternalPage, ok [2]bool) {
			c := newClient(t, transport(func(*http.Request) (*http.Response, error) { return reply(200, body), nil }), noRetry)
			for i, ask := range []func() (intercomapi.ExternalPage, error){
				func() (intercomapi.ExternalPage, error) { return c.Page(t.Context(), "1") },
				func() (intercomapi.ExternalPage, error) { return c.UpsertPage(t.Context(), somePage) },
			} {
				page, err := ask()
				p[i], ok[i] = page, err == nil
			}
			return p, ok
		}
		page, read := get(body)
		same, alsoRead := get(`{"any":[],` + object)
		if read != alsoRead || read[0] && !reflect.DeepEqual(page, same) {
			t.Errorf("%q: %+v, %t and %+v, %t", body, page, read, same, alsoRead)
		}
	})
}
