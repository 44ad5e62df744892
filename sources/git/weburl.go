package git

import (
	"net"
	"net/url"
	"strings"
)

// pages returns what makes the address at which people read a file of the
// repository, where the host's kind is known; else it makes "".
func (r remote) pages(t target) func(name string) string {
	host, repo := r.web()
	ref := escapePath(t.name)
	none := func(string) string { return "" }
	if host == "" || t.name == "HEAD" && t.kind == "" || repo == "" {
		return none
	}
	parts := strings.Split(repo, "/")
	base := host + "/" + escapePath(repo)
	name := hostName(host)
	switch {
	case strings.Contains(repo+"/", "_git/") || isAzureSSH(r.host):
		return azurePages(host, parts, t)
	case strings.Contains(name, "github") && len(parts) == 2:
		return func(p string) string { return base + "/blob/" + ref + "/" + escapePath(p) }
	case strings.Contains(name, "gitlab") && len(parts) >= 2:
		return func(p string) string { return base + "/-/blob/" + ref + "/" + escapePath(p) }
	case name == "bitbucket.org" && len(parts) == 2:
		return func(p string) string { return base + "/src/" + ref + "/" + escapePath(p) }
	case r.isBitbucketServer(name, parts):
		return bitbucketServerPages(host, parts, t)
	case isGitea(name) && len(parts) == 2 && t.kind != "":
		return func(p string) string { return base + "/src/" + t.kind + "/" + ref + "/" + escapePath(p) }
	}
	return none
}

// web returns the address of the web server beside the remote, and the path of
// the repository there.
func (r remote) web() (host, repo string) {
	repo = strings.TrimSuffix(strings.Trim(r.path, "/"), ".git")
	switch {
	case r.isHTTP():
		return r.scheme + "://" + r.host, repo
	case r.scheme == "file":
		return "", ""
	}
	name := hostName("ssh://" + r.host)
	switch name { // hosts that serve ssh under a name of its own
	case "ssh.github.com", "altssh.gitlab.com", "altssh.bitbucket.org":
		_, name, _ = strings.Cut(name, ".")
	}
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	return "https://" + name, repo
}

func hostName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

func isGitea(host string) bool {
	return host == "codeberg.org" || strings.Contains(host, "gitea") || strings.Contains(host, "forgejo")
}

// isBitbucketServer knows Bitbucket Server and Data Center by their names, the
// port that their ssh has, and the scm/ in their addresses
// (https://confluence.atlassian.com/bitbucketserver).
func (r remote) isBitbucketServer(host string, parts []string) bool {
	if r.isHTTP() {
		return len(parts) >= 3 && parts[len(parts)-3] == "scm"
	}
	_, port, _ := net.SplitHostPort(r.host)
	return len(parts) == 2 && (port == "7999" || strings.Contains(host, "bitbucket") || strings.Contains(host, "stash"))
}

func bitbucketServerPages(host string, parts []string, t target) func(string) string {
	n := len(parts)
	project, repo := parts[n-2], parts[n-1]
	var context []string
	if n >= 3 && parts[n-3] == "scm" {
		context = parts[:n-3]
	}
	owner := "projects/" + url.PathEscape(project)
	if user, ok := strings.CutPrefix(project, "~"); ok {
		owner = "users/" + url.PathEscape(user)
	}
	for _, c := range context {
		host += "/" + url.PathEscape(c)
	}
	base, at := host+"/"+owner+"/repos/"+url.PathEscape(repo)+"/browse/", "?at="+url.QueryEscape(t.ref)
	if t.kind == "commit" {
		at = "?at=" + url.QueryEscape(t.commit)
	}
	return func(p string) string { return base + escapePath(p) + at }
}

func isAzureSSH(host string) bool {
	name := hostName("ssh://" + host)
	return name == "ssh.dev.azure.com" || name == "vs-ssh.visualstudio.com"
}

// azurePages knows https://dev.azure.com/org/project/_git/repo, its older and
// self-hosted forms, and ssh's v3/org/project/repo
// (https://learn.microsoft.com/azure/devops/repos/git).
func azurePages(host string, parts []string, t target) func(string) string {
	switch {
	case len(parts) == 4 && parts[0] == "v3" && strings.Contains(host, "vs-ssh."):
		host, parts = "https://"+url.PathEscape(parts[1])+".visualstudio.com", []string{parts[2], "_git", parts[3]}
	case len(parts) == 4 && parts[0] == "v3":
		host, parts = "https://dev.azure.com", []string{parts[1], parts[2], "_git", parts[3]}
	case len(parts) < 2 || parts[len(parts)-2] != "_git":
		return func(string) string { return "" }
	}
	version, ok := map[string]string{"branch": "GB" + t.name, "tag": "GT" + t.name, "commit": "GC" + t.commit}[t.kind]
	if !ok {
		return func(string) string { return "" }
	}
	base := host + "/" + escapePath(strings.Join(parts, "/")) + "?path=/"
	return func(p string) string {
		return base + escapeQuery(p) + "&version=" + escapeQuery(version)
	}
}

// escapePath escapes each segment of a path.
func escapePath(p string) string {
	segments := strings.Split(p, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return strings.Join(segments, "/")
}

// escapeQuery escapes a path for a query, slashes left readable.
func escapeQuery(p string) string {
	return strings.ReplaceAll(strings.ReplaceAll(url.QueryEscape(p), "+", "%20"), "%2F", "/")
}
