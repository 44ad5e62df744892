package leaks_test

import (
	"encoding/base64"
	"fmt"
	"html"
	"math/rand/v2"
	"strings"
)

// What is planted is made up here: no file of the project holds anything that
// looks like a secret.

const (
	digits  = "0123456789"
	hexes   = "0123456789abcdef"
	lowers  = "abcdefghijklmnopqrstuvwxyz"
	uppers  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	alnum   = digits + lowers + uppers
	lowNum  = digits + lowers
	base32s = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	base64s = alnum + "+/"
)

func chars(r *rand.Rand, set string, n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = set[r.IntN(len(set))]
	}
	return string(out)
}

func uuid(r *rand.Rand) string {
	return fmt.Sprintf("%s-%s-4%s-a%s-%s", chars(r, hexes, 8), chars(r, hexes, 4), chars(r, hexes, 3),
		chars(r, hexes, 3), chars(r, hexes, 12))
}

// password is one as people choose them.
func password(r *rand.Rand) string {
	words := []string{"Winter", "Berlin", "Falke", "Orange", "Kaffee", "Sunset", "Monday", "Rocket", "Dragon", "Bayern"}
	word := words[r.IntN(len(words))]
	switch r.IntN(4) {
	case 0:
		return word + "20" + chars(r, "123", 1) + chars(r, "3456789", 1) + chars(r, "!#$%", 1)
	case 1:
		return chars(r, lowers, 4) + chars(r, digits, 2) + chars(r, uppers, 3) + chars(r, "!#%+", 1) + chars(r, lowers, 3)
	case 2:
		return strings.ToLower(word) + chars(r, "-_.", 1) + chars(r, "3456789", 3) + chars(r, uppers, 2)
	}
	return chars(r, alnum, 7) + chars(r, digits, 2) + chars(r, alnum, 7)
}

func jwt(r *rand.Rand) string {
	enc := base64.RawURLEncoding.EncodeToString
	body := fmt.Sprintf(`{"sub":"%s","aud":"%s","iat":17%s}`, chars(r, digits, 8), chars(r, lowers, 12),
		chars(r, digits, 8))
	return enc([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + enc([]byte(body)) + "." + chars(r, alnum+"-_", 43)
}

func privateKey(r *rand.Rand, kind string) string {
	var out strings.Builder
	out.WriteString("-----BEGIN " + kind + "PRIVATE KEY-----\n")
	for range 8 {
		out.WriteString(chars(r, base64s, 64) + "\n")
	}
	out.WriteString(chars(r, base64s, 30) + "==\n-----END " + kind + "PRIVATE KEY-----")
	return out.String()
}

// kind is a kind of secret.
type kind struct {
	name  string // what people call it
	key   string // the name of a variable for it; "" where the secret is a whole line of its own
	value func(*rand.Rand) string
}

func with(prefix, set string, n int) func(*rand.Rand) string {
	return func(r *rand.Rand) string { return prefix + chars(r, set, n) }
}

func kinds() []kind {
	line := func(format string) func(*rand.Rand) string {
		return func(r *rand.Rand) string { return fmt.Sprintf(format, password(r)) }
	}
	return []kind{
		{"AWS access key", "aws_access_key_id", with("AKIA", base32s, 16)},
		{"AWS secret key", "aws_secret_access_key", with("", base64s, 40)},
		{"GitHub token", "GITHUB_TOKEN", with("ghp_", alnum, 36)},
		{"GitHub fine-grained token", "GH_PAT", with("github_pat_", alnum+"_", 82)},
		{"GitLab token", "GITLAB_TOKEN", with("glpat-", alnum+"-_", 20)},
		{"Slack bot token", "SLACK_TOKEN", func(r *rand.Rand) string {
			return "xoxb-" + chars(r, "123456789", 12) + "-" + chars(r, "123456789", 12) + "-" + chars(r, alnum, 24)
		}},
		{"Slack webhook", "SLACK_WEBHOOK", func(r *rand.Rand) string {
			return "https://hooks.slack.com/services/T" + chars(r, base32s, 8) + "/B" + chars(r, base32s, 8) + "/" +
				chars(r, alnum, 24)
		}},
		{"Discord webhook", "DISCORD_URL", func(r *rand.Rand) string {
			return "https://discord.com/api/webhooks/" + chars(r, "123456789", 18) + "/" + chars(r, alnum+"-_", 68)
		}},
		{"Stripe key", "STRIPE_KEY", with("sk_live_", alnum, 24)},
		{"Stripe restricted key", "STRIPE_RK", with("rk_live_", alnum, 24)},
		{"SendGrid key", "SENDGRID_API_KEY", func(r *rand.Rand) string { return "SG." + chars(r, alnum+"-_", 22) + "." + chars(r, alnum+"-_", 43) }},
		{"Twilio key", "TWILIO_KEY", with("SK", hexes, 32)},
		{"Mailgun key", "MAILGUN_KEY", with("key-", hexes, 32)},
		{"Google API key", "GOOGLE_API_KEY", with("AIza", alnum+"-_", 35)},
		{"Google client secret", "GOOGLE_CLIENT_SECRET", with("GOCSPX-", alnum+"-_", 28)},
		{"npm token", "NPM_TOKEN", with("npm_", alnum, 36)},
		{"PyPI token", "PYPI_TOKEN", with("pypi-AgEIcHlwaS5vcmc", alnum+"-_", 80)},
		{"Docker Hub token", "DOCKER_PAT", with("dckr_pat_", alnum+"-_", 27)},
		{"DigitalOcean token", "DO_TOKEN", with("dop_v1_", hexes, 64)},
		{"OpenAI key", "OPENAI_API_KEY", func(r *rand.Rand) string { return "sk-" + chars(r, alnum, 20) + "T3BlbkFJ" + chars(r, alnum, 20) }},
		{"Anthropic key", "ANTHROPIC_API_KEY", with("sk-ant-api03-", alnum+"-_", 93)},
		{"Hugging Face token", "HF_TOKEN", with("hf_", lowers+uppers, 34)},
		{"Vault token", "VAULT_TOKEN", with("hvs.", alnum+"-_", 95)},
		{"Grafana token", "GRAFANA_TOKEN", func(r *rand.Rand) string { return "glsa_" + chars(r, alnum, 32) + "_" + chars(r, hexes, 8) }},
		{"Databricks token", "DATABRICKS_TOKEN", with("dapi", hexes, 32)},
		{"Shopify token", "SHOPIFY_TOKEN", with("shpat_", hexes, 32)},
		{"Telegram bot token", "TELEGRAM_TOKEN", func(r *rand.Rand) string { return "7" + chars(r, digits, 9) + ":AA" + chars(r, alnum+"-_", 33) }},
		{"Atlassian token", "JIRA_TOKEN", with("ATATT3xFfGF0", alnum+"-_", 180)},
		{"Azure storage key", "AccountKey", func(r *rand.Rand) string { return chars(r, base64s, 86) + "==" }},
		{"Heroku API key", "HEROKU_API_KEY", uuid},
		{"Intercom access token", "INTERCOM_TOKEN", func(r *rand.Rand) string {
			return "dG9r" + base64.StdEncoding.EncodeToString([]byte("tok:" + uuid(r) + ":1:0"))[6:]
		}},
		{"JSON web token", "SESSION_JWT", jwt},
		{"age key", "AGE_KEY", with("AGE-SECRET-KEY-1", "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)},
		{"license key", "license_key", with("", uppers+digits, 32)},
		{"API key", "api_key", with("", hexes, 40)},
		{"client secret", "client_secret", with("", alnum+"~_-", 40)},
		{"signing secret", "signing_secret", with("", hexes, 32)},
		{"password", "password", password},
		{"root password", "ROOT_PASSWORD", password},
		{"admin passphrase", "passphrase", password},
		{"database address", "", line("postgres://app:%s@db.internal:5432/app")},
		{"proxy address", "", line("https://deploy:%s@git.corp.net/eng/app.git")},
		{"Redis address", "", line("redis://:%s@cache.internal:6379/0")},
		{"MongoDB address", "", line("mongodb+srv://svc:%s@cluster0.corp.net/db")},
		{"ssh login", "", line("sshpass -p %s ssh ops@jump.corp.net")},
		{"database login", "", line("mysql -h db.corp.net -u root -p%s app")},
		{"download", "", line("curl -u deploy:%s https://files.corp.net/a.zip")},
		{"connection string", "", line("Server=sql.corp.net;Database=hr;User Id=sa;Password=%s;")},
		{"basic login", "", func(r *rand.Rand) string {
			return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("svc-build:"+password(r)))
		}},
		{"bearer login", "", func(r *rand.Rand) string { return "Authorization: Bearer " + chars(r, alnum, 40) }},
		{"RSA key", "", func(r *rand.Rand) string { return privateKey(r, "RSA ") }},
		{"OpenSSH key", "", func(r *rand.Rand) string { return privateKey(r, "OPENSSH ") }},
		{"WireGuard key", "", func(r *rand.Rand) string { return "PrivateKey = " + chars(r, base64s, 42) + "E=" }},
		{"crypt hash", "", func(r *rand.Rand) string {
			return "root:$6$" + chars(r, alnum, 16) + "$" + chars(r, alnum+"./", 86) + ":19500:0:99999:7:::"
		}},
	}
}

// planted is a page with a secret.
type planted struct {
	kind, form, secret string
	title, html, text  string
}

const filler = "Deployments run every night. If the pipeline fails, read its log first, then ask in the channel " +
	"of the platform team. "

// plant writes the secret into a page, in each form that fits its kind.
func plant(r *rand.Rand, k kind) (pages []planted) {
	v := k.value(r)
	esc := html.EscapeString(v)
	page := func(form, body, source string) {
		pages = append(pages, planted{k.name, form, v, "Runbook", "<p>" + filler + "</p>\n" + body + "\n<p>" + filler +
			"</p>", source})
	}
	code := func(text string) string { return "<pre><code>" + html.EscapeString(text) + "</code></pre>" }
	if k.key == "" {
		page("code", code(v), "")
		page("list", "<ul><li>First, "+"<code>"+esc+"</code></li><li>then wait</li></ul>", "")
		if !strings.Contains(v, "\n") {
			page("prose", "<p>On the jump host run <code>"+esc+"</code>, and wait for the prompt.</p>", "")
			page("table", "<table><tr><th>Step</th><th>What</th></tr><tr><td>1</td><td>"+esc+"</td></tr></table>", "")
		}
		return pages
	}
	page("prose", "<p>The "+k.name+" is "+esc+". Do not share it.</p>", "")
	page("prose with colon", "<p>"+k.name+": "+esc+"</p>", "")
	page("prose in marks", "<p>Use the "+k.name+" <strong>“"+esc+"”</strong>, please.</p>", "")
	page("code", code("export "+k.key+"="+v+"\nmake deploy"), "")
	page("JSON", code("{\n  \""+k.key+"\": \""+strings.ReplaceAll(v, `"`, `\"`)+"\",\n  \"debug\": false\n}"), "")
	page("YAML", code("service:\n  "+strings.ToLower(k.key)+": "+v+"\n  replicas: 3"), "")
	page("table", "<table><thead><tr><th>System</th><th>"+k.name+"</th></tr></thead><tbody><tr><td>staging</td><td>"+esc+"</td></tr></tbody></table>", "")
	page("row", "<table><tbody><tr><td>"+k.name+"</td><td>"+esc+"</td></tr></tbody></table>", "")
	page("front matter", "<p>"+filler+"</p>", "---\ntitle: Runbook\n"+strings.ToLower(k.key)+": "+v+"\n---\n"+filler)
	return pages
}
