package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"finpages/cmd/finpages/internal/httpserve"
	"finpages/ingest/operate"
)

// maxHook bounds the body of a webhook: [GitHub] sends up to 25 MB. It is
// hashed as it comes, and never held.
//
// [GitHub]: https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap
const maxHook = 26 << 20

// hook makes a source run soon, if the request proves that it knows the
// source's secret. What the event says does not matter: the run finds out by
// itself what changed, and one that finds nothing costs next to nothing.
func (s *server) hook(w http.ResponseWriter, r *http.Request) {
	source := r.PathValue("source")
	secret, err := s.hookSecret(source)
	switch {
	case err != nil:
		s.hookLog.warn(s.Log, source, "the secret cannot be read: "+err.Error(), r.RemoteAddr)
		http.Error(w, "the webhook secret of this source cannot be read: see the finpages log",
			http.StatusServiceUnavailable)
		return
	case secret == "":
		http.Error(w, "no webhook secret is configured for this source", http.StatusNotFound)
		return
	}
	cred := credentialsOf(r)
	switch { // what the headers tell, before the body is read
	case cred == (credentials{}) && isUnsignedPing(r):
		fmt.Fprintln(w, "finpages is listening")
		return
	case cred == (credentials{}):
		s.hookLog.warn(s.Log, source, "no signature", r.RemoteAddr)
		http.Error(w, "no signature: set the webhook's secret to the secret of this source", http.StatusUnauthorized)
		return
	case cred.token != "" && !sameSecret(cred.token, secret), cred.standard != "" && !isFresh(r):
		s.refuseSignature(w, r)
		return
	}
	mac := newMAC(r, secret)
	_, err = io.Copy(mac, http.MaxBytesReader(w, r.Body, maxHook))
	switch {
	case err != nil:
		httpserve.RefuseBody(w, err)
	case !cred.verify(secret, mac.Sum(nil)):
		s.refuseSignature(w, r)
	case isPing(r):
		fmt.Fprintln(w, "finpages is listening")
	default:
		s.syncSoon(r.WithContext(operate.WithActor(r.Context(), "webhook from "+clientAddress(r))), source)
		w.WriteHeader(http.StatusAccepted)
		fmt.Fprintf(w, "%s will be synced\n", source)
	}
}

func (s *server) refuseSignature(w http.ResponseWriter, r *http.Request) {
	s.hookLog.warn(s.Log, r.PathValue("source"), "wrong signature", r.RemoteAddr)
	http.Error(w, "wrong signature: the webhook's secret is not the secret of this source", http.StatusForbidden)
}

func (s *server) hookSecret(source string) (string, error) {
	if s.HookSecret == nil {
		return "", nil
	}
	return s.HookSecret(source)
}

// credentials are what a request shows of the secret: the secret itself, a signature
// of the body in hexadecimal digits, or one by the rules of standard webhooks.
type credentials struct{ token, signature, standard string }

// credentialsOf finds what the sender shows:
//
//   - [GitHub]: X-Hub-Signature-256
//   - [GitLab]: X-Gitlab-Token, or Webhook-Signature by the rules of [Standard Webhooks]
//   - [Gitea], Gogs and Forgejo: X-Gitea-Signature, X-Gogs-Signature, X-Forgejo-Signature
//   - [Bitbucket] and [Confluence Data Center]: X-Hub-Signature
//   - scripts and automation rules: Authorization: Bearer
//
// [GitHub]: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
// [GitLab]: https://docs.gitlab.com/user/project/integrations/webhooks/
// [Standard Webhooks]: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
// [Gitea]: https://docs.gitea.com/usage/webhooks
// [Bitbucket]: https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/
// [Confluence Data Center]: https://confluence.atlassian.com/doc/managing-webhooks-1021225606.html
func credentialsOf(r *http.Request) credentials {
	if standard := r.Header.Get("Webhook-Signature"); standard != "" {
		return credentials{standard: standard}
	}
	if token := r.Header.Get("X-Gitlab-Token"); token != "" {
		return credentials{token: token}
	}
	if token, ok := bearer(r); ok {
		return credentials{token: token}
	}
	// Gitea sends an X-Hub-Signature too, of SHA-1.
	for _, name := range []string{"X-Hub-Signature-256", "X-Gitea-Signature", "X-Gogs-Signature", "X-Forgejo-Signature",
		"X-Hub-Signature"} {
		if signature := r.Header.Get(name); signature != "" {
			return credentials{signature: signature}
		}
	}
	return credentials{}
}

// holds compares in a time that tells nothing of the secret.
func (p credentials) verify(secret string, sum []byte) bool {
	switch {
	case p.standard != "":
		return verifyStandard(p.standard, sum)
	case p.token != "":
		return sameSecret(p.token, secret)
	}
	signature, err := hex.DecodeString(strings.TrimPrefix(strings.ToLower(p.signature), "sha256="))
	return err == nil && hmac.Equal(signature, sum)
}

// newMAC returns what sums up the body: with its ID and time before it, and a
// key that the secret spells in base64, by the rules of standard webhooks.
func newMAC(r *http.Request, secret string) hash.Hash {
	if r.Header.Get("Webhook-Signature") == "" {
		return hmac.New(sha256.New, []byte(secret))
	}
	key := []byte(secret)
	if spelt, ok := strings.CutPrefix(secret, "whsec_"); ok {
		if b, err := base64.StdEncoding.DecodeString(spelt); err == nil {
			key = b
		}
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.", r.Header.Get("Webhook-Id"), r.Header.Get("Webhook-Timestamp"))
	return mac
}

// verifyStandard looks for the sum among signatures: "v1,BASE64 v1,BASE64".
func verifyStandard(signatures string, sum []byte) (holds bool) {
	for s := range strings.FieldsSeq(signatures) {
		spelt, ok := strings.CutPrefix(s, "v1,")
		if b, err := base64.StdEncoding.DecodeString(spelt); ok && err == nil && hmac.Equal(b, sum) {
			holds = true
		}
	}
	return holds
}

// isFresh tells whether a signed request is of now, and not played again.
func isFresh(r *http.Request) bool {
	sent, err := strconv.ParseInt(r.Header.Get("Webhook-Timestamp"), 10, 64)
	return err == nil && time.Since(time.Unix(sent, 0)).Abs() < 5*time.Minute
}

// isPing tells whether the sender only tries out the webhook.
func isPing(r *http.Request) bool {
	return r.Header.Get("X-GitHub-Event") == "ping" || isUnsignedPing(r)
}

// isUnsignedPing tells whether a [Data Center product] tries out the webhook,
// which it does without a signature.
//
// [Data Center product]: https://confluence.atlassian.com/bitbucketserver/manage-webhooks-938025878.html
func isUnsignedPing(r *http.Request) bool { return r.Header.Get("X-Event-Key") == "diagnostics:ping" }
