package api

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"

	"finpages/ingest"
	"finpages/ingest/documents"
	"finpages/ingest/inspect"
	"finpages/ingest/operate"
	"finpages/ingest/verify"
	"finpages/state"
)

// Client asks a running daemon. Its methods are those of [operate.Service].
type Client struct {
	Base  string // such as http://127.0.0.1:9464
	Token string // "" if the server asks for none
	State string // names the state file that the daemon must have open; "" if any will do
	http  *http.Client
}

// NewClient returns a client of the daemon that listens on the address.
func NewClient(listen, token string) *Client {
	host, port, _ := net.SplitHostPort(listen)
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	// No proxy: the daemon is near, and the token is for it alone.
	return &Client{
		Base:  "http://" + net.JoinHostPort(host, port),
		Token: token,
		http:  &http.Client{Transport: &http.Transport{}},
	}
}

// NewSocketClient returns a client of the daemon that listens on a Unix socket.
func NewSocketClient(path string) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}
	return &Client{Base: "http://localhost", http: &http.Client{Transport: &http.Transport{DialContext: dial}}}
}

// TLS makes the client speak TLS to the server that has the certificate of the
// file, whatever name it is for. The file is read at every connection.
func (c *Client) TLS(certFile string) {
	c.Base = "https://" + strings.TrimPrefix(c.Base, "http://")
	c.http.Transport = &http.Transport{TLSClientConfig: &tls.Config{
		InsecureSkipVerify: true, // what is checked instead is stricter: it must be this very certificate
		VerifyConnection: func(s tls.ConnectionState) error {
			data, err := os.ReadFile(certFile)
			if err != nil {
				return fmt.Errorf("%w: %w", ErrCertificate, err)
			}
			block, _ := pem.Decode(data)
			switch {
			case block == nil:
				return fmt.Errorf("%w: %s holds no certificate", ErrCertificate, certFile)
			case !bytes.Equal(block.Bytes, s.PeerCertificates[0].Raw):
				return fmt.Errorf("%w: it is not the one in %s", ErrCertificate, certFile)
			}
			return nil
		},
	}}
}

// ErrNoDaemon means that nothing answers where the daemon should listen.
var ErrNoDaemon = errors.New("no finpages daemon answers")

// ErrCertificate means that what answers cannot be taken for the daemon.
var ErrCertificate = errors.New("the certificate of the server cannot be verified")

// NoDaemon is the [ErrNoDaemon] for an address at which a request failed. That
// nobody listens there needs no words of the machine's.
func NoDaemon(base string, err error) error {
	if sent := (*url.Error)(nil); errors.As(err, &sent) {
		err = sent.Err
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%w at %s", ErrNoDaemon, base)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w at %s in time", ErrNoDaemon, base)
	}
	return fmt.Errorf("%w at %s: %w", ErrNoDaemon, base, err)
}

// Close lets go of the connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

func call[T any](ctx context.Context, c *Client, method, path string, in any) (out T, err error) {
	var reqBody io.Reader
	if in != nil {
		enc, err := json.Marshal(in)
		if err != nil {
			return out, err
		}
		reqBody = bytes.NewReader(enc)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.Base+path, reqBody)
	if err != nil {
		return out, err
	}
	c.introduce(req)
	resp, err := c.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return out, fmt.Errorf("%w: the daemon stops this request, too", context.Cause(ctx))
		}
		return out, NoDaemon(c.Base, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return out, refusal(resp)
	}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		return out, fmt.Errorf("read the daemon's answer: %w", err)
	}
	return out, nil
}

// stateHeader names the state file that a request is about.
const stateHeader = "Finpages-State"

func (c *Client) introduce(req *http.Request) {
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	if c.State != "" {
		req.Header.Set(stateHeader, c.State)
	}
}

// ErrOtherState means that the daemon that answers has another state file open.
var ErrOtherState = errors.New("the finpages daemon there uses another state file")

// RefuseOtherState refuses what is meant for a daemon with another state file.
func RefuseOtherState(state string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := r.Header.Get(stateHeader); h != "" && h != state {
			http.Error(w, ErrOtherState.Error(), http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Holds returns nil if the daemon answers and has the client's state file open.
func (c *Client) Holds(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, "GET", c.Base+"/healthz", nil)
	if err != nil {
		return err
	}
	c.introduce(req)
	resp, err := c.http.Do(req)
	if err != nil {
		return NoDaemon(c.Base, err)
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusMisdirectedRequest:
		return fmt.Errorf("%w: change server.listen (%s) in one of the two configs", ErrOtherState, c.Base)
	}
	return fmt.Errorf("%w at %s: another program answers there, with %s", ErrNoDaemon, c.Base, resp.Status)
}

func refusal(resp *http.Response) error {
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	var f failure
	switch err := json.Unmarshal(text, &f); {
	case err == nil && f.Unknown != nil:
		return f.Unknown
	case err == nil && f.Error != "":
		return errors.New(f.Error)
	}
	if words := plainWords(resp, text); words != "" {
		return fmt.Errorf("the daemon answered %s: %s", resp.Status, words)
	}
	return fmt.Errorf("the daemon answered %s", resp.Status)
}

// plainWords returns what an answer says in words: not what a proxy's page does.
func plainWords(resp *http.Response, text []byte) string {
	if kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); err != nil || kind != "text/plain" {
		return ""
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	return strings.ToValidUTF8(first[:min(len(first), 300)], "")
}

func sourcePath(name, verb string) string {
	return "/api/v1/sources/" + url.PathEscape(name) + "/" + verb
}

// RunAll has the daemon run sources now, and waits for the reports.
func (c *Client) RunAll(ctx context.Context, names []string, opts ingest.RunOptions) ([]ingest.Report, error) {
	r, err := call[Reports](ctx, c, "POST", "/api/v1/sync", SyncRequest{names, opts.Full, opts.Plan, opts.Diff})
	return r.Sources, err
}

// StatusAll returns the status of the named sources, of all if none is named.
func (c *Client) StatusAll(ctx context.Context, names []string) ([]inspect.Status, error) {
	r, err := call[Statuses](ctx, c, "GET", "/api/v1/status?"+url.Values{"source": names}.Encode(), nil)
	return r.Sources, err
}

// LeaksAll returns the secrets in documents of the named sources, of all if none is named.
func (c *Client) LeaksAll(ctx context.Context, names []string) ([]inspect.Leak, error) {
	r, err := call[Leaks](ctx, c, "GET", "/api/v1/leaks?"+url.Values{"source": names}.Encode(), nil)
	return r.Leaks, err
}

// LossAll returns what pages of the named sources lack of their documents, of all if none is named.
func (c *Client) LossAll(ctx context.Context, names []string) ([]inspect.Loss, error) {
	r, err := call[Losses](ctx, c, "GET", "/api/v1/loss?"+url.Values{"source": names}.Encode(), nil)
	return r.Loss, err
}

// Search finds pages of the named sources, of all if none is named.
func (c *Client) Search(ctx context.Context, names []string, text string, limit int) ([]documents.Matches, error) {
	query := url.Values{"source": names, "text": {text}, "limit": {strconv.Itoa(limit)}}
	r, err := call[Found](ctx, c, "GET", "/api/v1/search?"+query.Encode(), nil)
	return r.Sources, err
}

// Audit returns up to n records of the audit trail, the newest first.
func (c *Client) Audit(ctx context.Context, n int) ([]state.Audited, error) {
	r, err := call[Audit](ctx, c, "GET", fmt.Sprintf("/api/v1/audit?limit=%d", n), nil)
	return r.Records, err
}

// Config returns why the daemon's config file was refused, if it was, and which
// parts of it are not in use yet.
func (c *Client) Config(ctx context.Context) (ConfigState, error) {
	return call[ConfigState](ctx, c, "GET", "/api/v1/config", nil)
}

// Explain says why a document is, or is not, in Fin.
func (c *Client) Explain(ctx context.Context, name, ref string) (documents.Explanation, error) {
	return call[documents.Explanation](
		ctx,
		c,
		"GET",
		sourcePath(name, "explain")+"?"+url.Values{"ref": {ref}}.Encode(),
		nil,
	)
}

// Approve releases held deletes and runs the source.
func (c *Client) Approve(ctx context.Context, name, hold string) (ingest.Report, error) {
	return call[ingest.Report](ctx, c, "POST", sourcePath(name, "approve"), ApproveRequest{hold})
}

// Retract takes a page out of Fin and keeps it out.
func (c *Client) Retract(ctx context.Context, name, page string) (string, error) {
	p, err := call[Pages](ctx, c, "POST", sourcePath(name, "retract"), PageRequest{Page: page})
	if err != nil || len(p.Pages) == 0 {
		return "", err
	}
	return p.Pages[0], nil
}

// Unretract lets a page into Fin again.
func (c *Client) Unretract(ctx context.Context, name, page string) error {
	_, err := call[Pages](ctx, c, "POST", sourcePath(name, "retract"), PageRequest{Page: page, Undo: true})
	return err
}

// Undo brings deleted pages back.
func (c *Client) Undo(ctx context.Context, name, ref string) ([]string, error) {
	p, err := call[Pages](ctx, c, "POST", sourcePath(name, "undo"), PageRequest{Page: ref})
	return p.Pages, err
}

// Verify compares Intercom with the state.
func (c *Client) Verify(ctx context.Context, name string, opts verify.Options) (verify.Verification, error) {
	return call[verify.Verification](ctx, c, "POST", sourcePath(name, "verify"), opts)
}

// Forget drops a source from the state.
func (c *Client) Forget(ctx context.Context, name string, deletePages bool) (operate.Forgotten, error) {
	return call[operate.Forgotten](ctx, c, "POST", sourcePath(name, "forget"), ForgetRequest{deletePages})
}
