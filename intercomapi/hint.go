package intercomapi

import (
	"net/http"
	"strings"
)

const codeVersion = "intercom_version_invalid"

// Hint says in a sentence how to mend what failed; empty if only time helps.
func (e *Error) Hint() string {
	switch {
	case e.kind == network && strings.Contains(e.Err.Error(), "failed to verify certificate"):
		return "trust the authority of this certificate, which is Intercom's own or that of a proxy: install it on the " +
			"machine, or set SSL_CERT_FILE (finpages help proxy)"
	case e.kind == network:
		return "check the network, the proxy settings (HTTPS_PROXY, NO_PROXY) and the API's address"
	case e.kind == badAnswer:
		return "something between here and Intercom may answer in its place: check the API's address and the proxy settings"
	case e.kind != refused:
		return ""
	case e.Code == codeVersion:
		return "set the API version to 2.14, 2.15, 2.16, 2.17 or Preview"
	case e.Code == "api_plan_restricted":
		return hints[http.StatusPaymentRequired]
	case e.redirect():
		return "check the API's address: use https, and the region's own host"
	case e.Status == http.StatusNotFound && e.Code == "":
		return "this does not look like Intercom's API: check its address and the path in it"
	case e.Status >= 500:
		return "see https://www.intercomstatus.com; it is tried again by the next run"
	}
	return hints[e.Status]
}

var hints = map[int]string{
	http.StatusBadRequest: "change what it names, in the page or in the settings: the page is sent again when " +
		"either changes",
	http.StatusUnauthorized: "create an access token in Intercom's Developer Hub, under your app's Configure > " +
		"Authentication, " +
		"and check the region: a token is unknown outside its workspace's region",
	http.StatusPaymentRequired: "the workspace's plan does not include this API: ask Intercom",
	http.StatusForbidden: "let the app read and write AI content: in Intercom's Developer Hub, under " +
		"your app's Configure > Authentication",
	http.StatusNotFound: "it was deleted in Intercom, or belongs to another workspace or region: " +
		"check the token and the region",
	http.StatusNotAcceptable: "something between here and Intercom changes the request's headers: check " +
		"the proxy; if there is none, report this as a bug",
	http.StatusUnsupportedMediaType: "something between here and Intercom changes the request's headers: check " +
		"the proxy; if there is none, report this as a bug",
	http.StatusRequestEntityTooLarge: "the page is too large for Intercom: split it",
	http.StatusUnprocessableEntity: "change what it names, in the page or in the settings: the page is sent " +
		"again when either changes",
	http.StatusTooManyRequests: "other apps use up the workspace's rate limit: sync at a quieter time, or " +
		"set a larger reserve",
}
