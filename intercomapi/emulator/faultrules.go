package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// faultRule is a fault as POST /_emulator/faults takes it.
type faultRule struct {
	// Match: a method, and the beginning of a path. Empty matches all.
	Match struct {
		Method string `json:"method"`
		Path   string `json:"path"`
	} `json:"match"`
	Status   int               `json:"status"`
	Headers  map[string]string `json:"headers"`
	Body     string            `json:"body"`
	Delay    duration          `json:"delay"`
	Slow     duration          `json:"slow"`
	Hang     bool              `json:"hang"`
	Cut      string            `json:"cut"`    // "before" or "after" the effect
	Effect   bool              `json:"effect"` // for status and hang
	Truncate int               `json:"truncate"`
	Times    int               `json:"times"`   // how often it happens; 0 is without end
	Percent  float64           `json:"percent"` // of the requests that match; 0 is all
	Seed     uint64            `json:"seed"`    // of the chance; the same seed hits the same requests

	chance *rand.Rand
}

func parseFaultRule(body io.Reader) (*faultRule, error) {
	dec := json.NewDecoder(body)
	dec.DisallowUnknownFields()
	r := new(faultRule)
	if err := dec.Decode(r); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more than one JSON value")
	}
	r.Match.Method = strings.ToUpper(r.Match.Method)
	r.chance = rand.New(rand.NewPCG(r.Seed, 0))
	return r, r.check()
}

func (r *faultRule) check() error {
	switch {
	case r.Status != 0 && (r.Status < 200 || r.Status > 599):
		return errors.New("status must be 200 to 599")
	case r.Status == 0 && (r.Body != "" || len(r.Headers) > 0):
		return errors.New("body and headers need a status")
	case r.Cut != "" && r.Cut != "before" && r.Cut != "after":
		return errors.New(`cut must be "before" or "after"`)
	case r.Percent < 0 || r.Percent > 100:
		return errors.New("percent must be 0 to 100")
	case r.Times < 0 || r.Truncate < 0 || r.Delay < 0 || r.Slow < 0:
		return errors.New("times, truncate, delay and slow cannot be negative")
	case r.fault().isNothing():
		return errors.New("there is no fault: give status, cut, hang, delay, slow or truncate")
	}
	return nil
}

func (r *faultRule) matches(req *http.Request) bool {
	return (r.Match.Method == "" || r.Match.Method == req.Method) &&
		strings.HasPrefix(req.URL.Path, r.Match.Path)
}

func (r *faultRule) happens() bool {
	return r.Percent == 0 || r.chance.Float64()*100 < r.Percent
}

func (r *faultRule) fault() *Fault {
	header := http.Header{}
	for name, value := range r.Headers {
		header.Set(name, value)
	}
	return &Fault{
		Delay:    time.Duration(r.Delay),
		Effect:   r.Effect || r.Cut == "after",
		Cut:      r.Cut != "",
		Hang:     r.Hang,
		Status:   r.Status,
		Header:   header,
		Body:     r.Body,
		Slow:     time.Duration(r.Slow),
		Truncate: r.Truncate,
	}
}

func (f *Fault) isNothing() bool {
	return f.Delay == 0 && !f.Cut && !f.Hang && f.Status == 0 && f.Slow == 0 && f.Truncate == 0
}

// faultRules are the rules in the order in which they were set. The first that
// matches a request and whose chance comes up happens.
type faultRules struct {
	mu    sync.Mutex
	rules []*faultRule
}

func (f *faultRules) add(r *faultRule) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = append(f.rules, r)
}

func (f *faultRules) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = nil
}

func (f *faultRules) pick(req *http.Request) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, r := range f.rules {
		if !r.matches(req) || !r.happens() {
			continue
		}
		if r.Times == 1 {
			f.rules = append(f.rules[:i:i], f.rules[i+1:]...)
		} else if r.Times > 1 {
			r.Times--
		}
		return r.fault()
	}
	return nil
}

// duration is written as "1.5s" in JSON.
type duration time.Duration

func (d *duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("a duration is written like 1.5s: %w", err)
	}
	*d = duration(parsed)
	return nil
}
