package leaks

import (
	"slices"
	"strings"
)

// Words that stand at the end of the names of secrets, in any writing.
const (
	passwordLast = `(?:pass(?:word|wd|phrase|code)?|pwd|passwort|kennwort|psk)`
	keyLast      = `(?:key|token|secret|credentials?|auth|salt|pat|webhook)(?:[_-]?(?:base|value))?`
	// verb may stand between a name and its value
	verb = `(?:(?:to )?(?:take|use|enter|type|try|paste|set|be|here|now|remains)[ \t]+)?`
	// value is what stands behind a name: with quotes, or without white space
	value = `(?:"([^"\n]{6,})"|'([^'\n]{6,})'|` + "`([^`\n]{6,})`" + `|“([^”\n]{6,})”|([^\s"'` + "`" + `“<>]{6,}))`
)

// namedRules find what files of settings and sentences give to a name in other
// ways than by a mark between the two.
func namedRules() []rule {
	passwords := []string{"pass", "pwd", "kennwort", "psk"}
	keys := slices.Concat(keyWords, []string{"_auth", "auth=", "auth:", "auth\"", "salt"})
	rules := slices.Concat(
		formsOf("password-in-code", passwordLast, isPassword, passwords, false),
		formsOf("secret-in-code", keyLast, isLongKey, keys, true),
	)
	assigned := namedKey("secret-in-code", `(?i)`+keyLast+`["'\]]{0,2}[ \t]*(?:=>|:=|\?=|[:=])[ \t]*`+value, isAssigned, keys...)
	rules = append(rules, assigned)
	return append(rules,
		named("password-in-prose", `(?i)(?:^|[^a-z])`+passwordWord+`[ \t]+`+verb+open+`(\S{8,})`, isStrong, passwordWords...),
		namedKey("secret-in-prose", `(?i)(?:^|[^a-z])(?:`+keyWord+`|key)[ \t]+`+verb+open+`([\w+/=.~%-]{20,})`, isLongKey, keyWords...),
		namedKey("secret-in-prose", `(?i)[?&][\w.-]{0,40}(?:key|token|secret|sig|signature|auth|pass\w{0,6})=([^\s&"'<>#]{16,})`,
			isLongKey, "key=", "token=", "secret=", "sig=", "signature=", "auth=", "pass="),
		named("password-in-code", `(?i)\bauth[ \t]?=[ \t]?\([ \t]*["'][^"'\n]{1,60}["'][, \t]+["']([^"'\n]{6,})["']`, isPassword, "auth=(", "auth = ("),
		namedKey("secret-in-code", `\bbase64:([\w+/]{40,}={0,2})`, isToken, "base64:"),
		named("password-in-command", `\bgh[ \t]+secret[ \t]+set\b[^\n]{0,80}?(?:--body|-b)[ =]["']?([^\s"']{8,})`, isArgument, "gh secret"),
		named("password-hash", `(?i)\b(?:secret|password)[ \t]+[5689][ \t]+(\$\d{1,2}\$\S{16,})`, isHash, "secret", "password"),
		namedKey("new-relic-key", `\b(NRAK-[A-Z0-9]{27}|[0-9a-f]{36}NRAL)\b`, isToken, "nrak-", "nral"),
		named("password-in-command", `\becho[ \t]+["']?\w{1,30}:([^\s"']{6,})["']?[ \t|"']+(?:sudo[ \t]+)?chpasswd`, isArgument, "chpasswd"),
		namedKey("client-key", `\bclient-key-data["']?:[ \t]*["']?([A-Za-z0-9+/=]{100,})`, isToken, "client-key-data"),
		namedKey("bitbucket-app-password", `\b(ATBB[A-Za-z0-9]{24}[0-9A-F]{8})\b`, isToken, "atbb"),
		namedKey("mailchimp-key", `\b([0-9a-f]{32}-us\d{1,2})\b`, isToken, "-us"),
		namedKey("mailgun-key", `(?i)\b(?:mailgun|mg)[^\n]{0,60}?\b([0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})\b`, isToken, "mailgun", "mg"),
		namedKey("discord-token", `\b([MNO][\w-]{22,27}\.[\w-]{6}\.[\w-]{27,45})`, isToken, "discord", "token", "bot"),
		namedKey("intercom-token", `\b(dG9r[A-Za-z0-9+/]{40,}={0,2})`, isToken, "dg9r"),
	)
}

// formsOf are the rules for names that end in the expression. The words name it.
func formsOf(id, last string, fits func(secret, line string) bool, words []string, byMachine bool) (rules []rule) {
	name := `["']?[\w.-]{0,60}?` + last + `["']?`
	for _, form := range []struct {
		expr  string
		words []string
		needs string
	}{
		{`\b(?:env|setenv|-gx|export)[ \t]+` + name + `[ \t]+` + value, // ENV A b
			[]string{"env ", "setenv", "-gx", "export "}, ""},
		{`\b(?:key|name|id)=` + name + `[ \t]+value=` + value, []string{"value="}, ""}, // <add key="A" value="b">
		{`\bdefine\([ \t]*` + name + `[, \t]+` + value, []string{"define("}, ""},       // define('A', 'b')
		{`\b(?:name|key)["']?:[ \t]*` + name + `,?[ \t]*\n?[ \t]*["']?value["']?:[ \t]*` + value, // name: A, value: b
			[]string{"value:", "value\":"}, ""},
		{`\bvariable[ \t]+` + name + `[ \t]*\{[^}]{0,200}?\bdefault[ \t]*=[ \t]*` + value, // variable "a" { default = "b" }
			[]string{"variable \""}, "default"},
		{last + `[^\S\n]{0,2}(?:\([^)\n]{1,40}\)|is|as follows)?:?[ \t]*:[ \t]*\n\s{0,20}` + value + `[ \t]*(?m:$)`, // on the next line
			words, ":"},
		{last + `[ \t]+(?:\w+[ \t]+){0,2}"([^"\s]{6,})"`, words, `"`}, // take the A "b"
	} {
		r := named(id, `(?i)`+form.expr, fits, form.words...)
		r.byMachine, r.needs = byMachine, form.needs
		rules = append(rules, r)
	}
	return rules
}

// isAssigned judges what a name is set to. In the query of an address the value ends
// before the next parameter, and another rule judges it: ?spaceKey=OPS&title=%E6%97%A5.
func isAssigned(s, line string) bool {
	value, rest, more := strings.Cut(s, "&")
	if more && strings.Contains(rest, "=") {
		name := strings.TrimRight(line[:max(strings.Index(line, s), 0)], nameChars+"=")
		if strings.HasSuffix(name, "?") || strings.HasSuffix(name, "&") || strings.HasSuffix(name, "&amp;") {
			s = value
		}
	}
	return isLongKey(s, line)
}

// nameChars are what names of parameters are made of.
const nameChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"

func named(id, expr string, fits func(secret, line string) bool, words ...string) rule {
	r := own(id, expr, fits, words...)
	r.group, r.reach = 0, nearLines
	return r
}

func namedKey(id, expr string, fits func(secret, line string) bool, words ...string) rule {
	r := named(id, expr, fits, words...)
	r.byMachine = true
	return r
}

// isToken judges what has the form of one service's tokens.
func isToken(s, _ string) bool { return !isSample(s) && entropyOf(s) > 3 }

// isStrong judges what follows the word for a password with nothing between.
func isStrong(s, line string) bool {
	k := kindsOf(s)
	several := 0
	for _, n := range []int{k.digits, k.lower, k.upper, k.marks} {
		if n > 0 {
			several++
		}
	}
	return several >= 3 && (k.digits >= 2 || k.marks > 0) && isPassword(s, line) && !strings.ContainsAny(s, "()[]{}<>")
}
