package intercomapi

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

const (
	maxList  = 64 << 20 // bytes of one page of a list; it is asked for in smaller pages where they are more
	maxOne   = 32 << 20 // bytes of a single page or import source
	maxError = 64 << 10 // bytes read of an answer that is an error
)

// readAnswer hands a success to the call and makes anything else an Error.
func readAnswer(call call, res *http.Response) *Error {
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return refusal(res)
	}
	if call.read == nil {
		_, _ = io.CopyN(io.Discard, res.Body, maxError) // so that the connection can be used again
		return nil
	}
	body := &bodyReader{from: res.Body, left: call.limit}
	err := call.read(body)
	switch {
	case err == nil:
		return nil
	case body.err != nil:
		return unreadable(res, badAnswer, fmt.Errorf("read the answer: %w", scrubNetwork(body.err)))
	case body.left < 0:
		return unreadable(res, tooLarge, fmt.Errorf("the answer is longer than %d MiB", call.limit>>20))
	}
	e := unreadable(res, badAnswer, fmt.Errorf("read the answer: %w", err))
	e.Message = textOf(body.head)
	return e
}

// bodyReader reads an answer up to a limit. It tells a connection that broke
// from an answer that was too long and one that could not be understood.
type bodyReader struct {
	from io.Reader
	left int64  // bytes; less than 0 once there were more
	head []byte // the first of them, to quote
	err  error  // of the connection
}

const maxHead = 4 << 10 // bytes

func (b *bodyReader) Read(p []byte) (int, error) {
	if b.left < 0 || b.err != nil {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := b.from.Read(p[:min(int64(len(p)), b.left+1)])
	b.left -= int64(n)
	if len(b.head) < maxHead {
		b.head = append(b.head, p[:min(n, maxHead-len(b.head))]...)
	}
	if err != nil && err != io.EOF {
		b.err = err
	}
	if b.left < 0 {
		return 0, io.ErrUnexpectedEOF
	}
	return n, err
}

// unreadable is a success of no use.
func unreadable(res *http.Response, kind kind, err error) *Error {
	return &Error{Status: res.StatusCode, kind: kind, Err: err}
}

// refusal reads an error in Intercom's format, or what it can of another.
func refusal(res *http.Response) *Error {
	e := &Error{Status: res.StatusCode, RequestID: oneLine(res.Header.Get("X-Request-Id"))}
	if e.redirect() {
		e.Message = redirectTarget(res)
		return e
	}
	body, _ := io.ReadAll(io.LimitReader(res.Body, maxError))
	var list struct {
		RequestID string `json:"request_id"`
		Errors    []struct{ Code, Message, Field string }
	}
	_ = json.Unmarshal(body, &list) // fields of an unexpected type stay empty
	if list.RequestID != "" {
		e.RequestID = oneLine(list.RequestID)
	}
	if len(list.Errors) == 0 {
		e.Message = textOf(body)
		return e
	}
	e.Code, e.Field = oneLine(list.Errors[0].Code), oneLine(list.Errors[0].Field)
	var messages []string
	for _, one := range list.Errors {
		if one.Message != "" {
			messages = append(messages, one.Message)
		}
	}
	e.Message = oneLine(strings.Join(messages, "; "))
	return e
}

func redirectTarget(res *http.Response) string {
	to, err := url.Parse(res.Header.Get("Location"))
	if err != nil || to.Host == "" {
		return "a redirect, which is not followed"
	}
	return oneLine("a redirect to " + to.Scheme + "://" + to.Host + ", which is not followed")
}

var tags = regexp.MustCompile(`(?is)<(style|script)\b.*?</(style|script)>|<[^>]*>`)

// textOf quotes the text of an answer that a gateway made.
func textOf(body []byte) string {
	text := strings.TrimSpace(string(body[:min(len(body), maxHead)]))
	if text == "" || strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		return ""
	}
	return oneLine(userinfo.ReplaceAllString(tags.ReplaceAllString(text, " "), "***@"))
}
