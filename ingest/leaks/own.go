package leaks

import "strings"

// Words that people use for what must stay secret.
const (
	passwordWord = `(?:pass[ _-]?words?|pass[ _-]?phrase|passwd|passwort|kennwort|passcode|pass|pwd|pw|mot de passe|contrase(?:ñ|n)a|senha|parola|wachtwoord|lösenord)`
	keyWord      = `(?:(?:api|access|secret|auth|private|service|signing|encryption|license|master|account|shared)[ _-]?(?:key|token|secret)s?|client[ _-]?secret|bearer[ _-]?token|deploy[ _-]?token|bot[ _-]?token|refresh[ _-]?token|personal[ _-]access[ _-]token|token|secret|credentials?|cookie|webhook)`
	// between a name and its value
	isWord = `(?:"?[ \t]*(?:=>|:=|[:=→⇒])[ \t]*|[ \t]+(?:is|was|are|ist|lautet|est|es|set to|of)(?:[ \t]+(?:now|still|currently|always|just|then))?:?[ \t]+|\t[ \t]*)`
	open   = "[\"'`“‘«*_]{0,3}"
)

// passwordWords and keyWords find where the rules that follow are worth trying.
var (
	passwordWords = []string{"pass", "pwd", "pw", "kennwort", "contrase", "senha", "parola", "wachtwoord", "senord"}
	keyWords      = []string{"key", "token", "secret", "credential", "cookie", "webhook"}
)

// ownRules find what the rules of gitleaks miss.
func ownRules() []rule {
	return []rule{
		own("url-credentials", `(?i)\b[a-z][a-z0-9+.-]{1,30}://[^\s:@/"'<>]{0,100}:([^\s@/"'<>]{3,}|[^\s@"'<>]{3,})@[a-z0-9\[$<{]`, isURLPassword, "://"),
		own("password-in-prose", `(?i)(?:^|[^a-z])`+passwordWord+`[^\S\n]{0,2}(?:\([^)\n]{1,40}\))?[ \t*_]{0,3}`+isWord+`[ \t]*`+open+`(\S{6,})`, isPassword, passwordWords...),
		own("password-in-prose", `(?i)\b`+passwordWord+`[ \t]+(?:for|of|to|für|von)[ \t][^\n:=.]{2,60}?`+isWord+`[ \t]*`+open+`(\S{6,})`, isPassword, passwordWords...),
		own("password-in-prose", `(?i)\b(?:log ?in|sign in|anmelden|authenticate|connect|unlock)[^\n.]{0,60}?\b(?:with|using|as|mit)\b[^\n]{0,60}?(?:`+passwordWord+`[ \t]+|[\w.@-]{2,40}[ \t]?/[ \t]?)`+open+`(\S{6,})`, isPassword, "log in", "login", "sign in", "anmelden", "authenticate", "connect", "unlock"),
		own("password-in-prose", `(?i)\b(?:use|enter|type|with|the|our|your)[ \t]+(?:\w+[ \t]+){0,2}`+passwordWord+`[ \t]+`+open+`(\S{6,})`, isPassword, passwordWords...),
		own("password-in-prose", `(?i)\b(?:user|username|login|account|credentials?|creds|logins?)(?:[ \t]?/[ \t]?`+passwordWord+`)?[ \t]*(?:[:=]|is|are)[ \t]*`+open+`[\w.@+-]{2,60}[ \t]?[/:][ \t]?(\S{6,})`, isPassword, "user", "login", "account", "cred"),
		own("password-in-code", `(?i)`+passwordWord+`\w{0,20}["'\]]{0,2}[ \t]*(?:=>|:=|[:=])[ \t]*(?:\w{1,20}\()?[rb]?["'`+"`"+`]([^"'`+"`"+`\n]{6,})["'`+"`"+`]`, isPassword, passwordWords...),
		own("password-in-code", `(?i)(?:`+passwordWord+`|_psk|\bpsk|community)[=:][ \t]*["']?([^\s"'`+"`"+`;&<>,]{6,})`, isPassword, append(passwordWords, "psk", "community")...),
		own("password-in-code", `(?i)<(?:[\w-]{0,30}password|passwd|secret|apikey)>([^<\s]{6,})</`, isPassword, "password", "passwd", "secret", "apikey"),
		own("password-in-command", `(?i)\bsshpass\s+(?:-\w\s+)*-p\s*["']?([^\s"']{4,})`, isArgument, "sshpass"),
		own("password-in-command", `\bmysql\w*\b[^\n|;]{0,200}?\s-p["']?([^\s"']{4,})`, isArgument, "mysql"),
		havingOneOf([]string{"-u", "-a", "--user", "--auth", "--proxy-user"}, own("password-in-command", `\b(?:curl|wget|http)\b[^\n|;]{0,300}?\s(?:-u|--user|--proxy-user|-a|--auth)[ =]?["']?[^\s:"']{1,100}:([^\s"']{4,})`, isArgument, "curl", "wget", "http ")),
		havingOneOf([]string{"pass", "pw", "secret", "token", "key"}, own("password-in-command", `(?i)(?:^|\s)--?(?:[a-z-]{0,30}(?:password|passwd|passphrase|secret|token|api-?key|pass|pw))[ =]["']?([^\s"']{6,})`, isArgument, "--", "-pass", "-pw")),
		own("password-in-command", `\b(?:redis-cli|docker\s+login|helm\s+registry\s+login|podman\s+login|mongo\w*|ldap\w+|rdesktop|xfreerdp|lftp|psexec\w*|net\s+use|smbclient|snmp\w+|openssl|sqlcmd|influx|rabbitmqctl|htpasswd|chpasswd|kinit|ipmitool|plink|pscp|winexe|evil-winrm|sqlplus)\b[^\n|]{0,200}?(?:\s-(?:a|p|w|P|c|pw|A|X)[ =]?|\s/p:|pass:|%|/user:\S+[ \t]+|-b[ \t]+\S+[ \t]+\S+[ \t]+|add_user[ \t]+\S+[ \t]+|\s\w+/)["']?([^\s"']{6,})`, isArgument,
			"redis-cli", "login", "mongo", "ldap", "rdesktop", "xfreerdp", "lftp", "psexec", "net use", "smbclient", "snmp", "openssl", "sqlcmd", "influx", "rabbitmqctl", "htpasswd", "chpasswd", "ipmitool", "plink", "pscp", "winexe", "sqlplus"),
		own("password-in-command", `(?i)\becho\b[^\n|]{0,20}?["' ]([^\s"':]{6,})["']?[ \t|"']+(?:sudo[ \t]+-S|passwd|kinit|docker login|gpg)`, isArgument, "echo"),
		own("password-hash", `(?m)\b[a-z_][\w-]{0,31}:(\$(?:1|2[abxy]?|5|6|7|y|gy)\$[\w./$=,-]{20,}):\d{0,6}:`, isHash, ":$"),
		own("password-hash", `\b([a-z_][\w.-]{0,31}:\$(?:2[aby]|apr1|argon2id|argon2i|6|5|y)\$[\w./$=,+-]{20,})`, isLoginHash, ":$"),
		own("password-hash", `(?i)\b(?:password|secret|key)[ \t]+(?:7|8|9)[ \t]+(\S{8,})`, isArgument, "password", "secret", "key"),
		own("password-in-code", `(?i)\bsnmp-server[ \t]+community[ \t]+(\S{6,})`, isArgument, "snmp-server"),
		own("netrc-password", `(?i)\bmachine[ \t]+\S+\s+login[ \t]+\S+\s+password[ \t]+(\S{4,})`, isArgument, "machine"),
		own("pgpass-password", `(?m)^[\w.*-]{1,100}:(?:\d{2,5}|\*):[\w*-]{1,60}:[\w*.-]{1,60}:(\S{6,})$`, isArgument, ":5432:", ":*:", ":5433:", ":6432:"),
		ownKey("secret-in-prose", `(?i)\b`+keyWord+`(?:[ \t]+\([^)\n]{1,40}\))?(?:[ \t]+(?:for|of|to|für)[ \t][^\n:=.]{2,60}?)?[ \t*_]{0,3}`+isWord+`[ \t]*`+open+`([\w+/=.~$%!@#^&*-]{12,})`, isKey, keyWords...),
		ownKey("secret-in-prose", `(?i)\b(?:keys?|licen[sc]e|pat|auth|credentials?|creds)(?:[ \t]+(?:for|of|to|für)[ \t][^\n:=.]{2,60}?)?[ \t*_]{0,3}`+isWord+`[ \t]*`+open+`([\w+/=.~-]{16,})`, isLongKey, "key", "licen", "pat", "auth", "cred"),
		ownKey("secret-in-prose", `(?i)\b(?:use|enter|type|with|the|our|your)[ \t]+(?:\w+[ \t]+){0,2}(?:`+keyWord+`|key)[ \t]+`+open+`([\w+/=.~%-]{12,})`, isLongKey, keyWords...),
		ownKey("authorization-header", `(?i)\b(?:proxy-)?authorization["']?[ \t]*[:=][ \t]*["']?(?:basic|bearer|token|apikey|digest|bot|sso-key|negotiate)[ \t]+([\w+/=.~:-]{8,})`, isHeader, "authorization"),
		ownKey("authorization-header", `(?i)\b(?:x-(?:[a-z]+-)*(?:api-?key|token|auth|secret|password)|api-key|private-token|job-token|x-vault-token|dd-api-key)["']?[ \t]*[:=][ \t]*["']?([\w+/=.~:-]{8,})`, isHeader, "x-", "api-key", "-token"),
		ownKey("cookie", `(?i)\b(?:set-)?cookie["']?:[^\n]{0,300}?\b[\w.-]{0,30}(?:sess|sid|auth|token|jwt)[\w.-]{0,20}=([\w%+/=.~:-]{16,})`, isHeader, "cookie"),
		own("connection-string", `(?i)[;?&"' ](?:pwd|password|accountkey|sharedaccesskey|sharedsecret|sharedsecretvalue|sig|secret)=([^\s;&"'<>]{6,})`, isPassword, "pwd=", "password=", "accountkey=", "accesskey=", "sharedsecret", "sig=", "secret="),
		own("jdbc-password", `(?i)\bjdbc:oracle:\w+:[\w.-]+/([^\s@"'/]{4,})@`, isURLPassword, "jdbc:oracle"),
		own("private-key", `(?s)(-----BEGIN[ A-Z0-9_-]{0,50}PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-[^-]){64,})`, isArmor, "private key"),
		own("private-key", `(?is)PuTTY-User-Key-File-\d:.+?Private-Lines:\s*\d+\s+([A-Za-z0-9+/=\s]{40,})`, isArmor, "putty-user-key-file"),
		ownKey("private-key", `(?i)\b(?:private|preshared)_?key[ \t]*=[ \t]*([a-z0-9+/]{43}=)`, isKey, "privatekey", "presharedkey", "private_key"),
		ownKey("webhook-address", `(?i)(https://(?:(?:ptb\.|canary\.)?discord(?:app)?\.com/api/webhooks/\d{10,25}/[\w-]{30,}|[\w.-]*webhook\.office\.com/webhookb2/[\w@-]{20,}[\w/@-]*|hooks\.zapier\.com/hooks/catch/\d+/\w+|chat\.googleapis\.com/v1/spaces/\w+/messages\?key=[\w-]+&token=[\w%-]+|[\w.-]+\.logic\.azure\.com[^\s"'<>]*sig=[\w%-]{20,}|hooks\.slack\.com/(?:services|workflows|triggers)/[\w/]{30,}))`, isKey, "discord", "webhook.office", "hooks.", "chat.googleapis", "logic.azure"),
		ownKey("otp-secret", `(?i)\botpauth://[^\s"'<>]{3,}?[?&]secret=([a-z2-7]{16,128})`, isKey, "otpauth://"),
		own("otp-secret", `(?i)\b(?:totp|otp|2fa|mfa|authenticator)[ \t\w]{0,20}(?:secret|seed|key)[ \t]*(?:[:=]|is)[ \t]*`+open+`([a-z2-7]{4}(?:[ -]?[a-z2-7]{4}){3,15})\b`, isSeed, "totp", "otp", "2fa", "mfa", "authenticator"),
		ownKey("telegram-token", `\b(\d{8,10}:AA[\w-]{33})(?:\b|\s|$)`, isToken, ":aa"),
		ownKey("google-client-secret", `\b(GOCSPX-[\w-]{28})`, isToken, "gocspx-"),
		ownKey("stripe-key", `\b((?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9]{32,})`, isToken, "sk_", "rk_", "whsec_"),
		ownKey("docker-token", `\b(dckr_(?:pat|oat)_[\w-]{24,})`, isToken, "dckr_"),
		ownKey("token-by-prefix", `\b((?:sbp|vercel|figd|fig[ou]|lin_api|nvapi|tskey-(?:auth|api)|rnd|xai|gsk|pcsk|r8|pat|key|sk-or-v1|sk-proj|sk-ant-api\d\d|secret|ntn|ATATT3x|ATCTT3x|CFPAT|phc|phx|ops_eyJ|PMAK|pul|sntry[us]|glc|glsa|dop_v1|doo_v1|hf|hvs|hvb|rubygems|npm|pypi|shpat|shpss|shppa|shpca|sq0csp|sq0atp|EAAA|AGE-SECRET-KEY-1|xox[abposer]|xapp|gh[pousr]|github_pat|gl(?:pat|ptt|dt|rt|cbt|ft|soat|imt|agent)|LTAI|AKID|AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9]|AIza|ya29|sq[apu]|CCIPAT)[_.-]?[A-Za-z0-9][\w.-]{14,})`, isPrefixed,
			"sbp_", "vercel_", "figd_", "figo", "figu", "lin_api", "nvapi-", "tskey-", "rnd_", "xai-", "gsk_", "pcsk_", "r8_", "pat-", "sk-", "secret_", "ntn_", "atatt3x", "atctt3x", "cfpat-", "phc_", "phx_", "ops_eyj", "pmak-", "pul-", "sntry", "glc_", "glsa_", "dop_v1", "doo_v1", "hf_", "hvs.", "hvb.", "rubygems_", "npm_", "pypi-", "shpat_", "shpss_", "shppa_", "shpca_", "sq0", "eaaa", "age-secret", "xox", "xapp-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat", "glpat-", "glptt-", "gldt-", "glrt-", "glcbt-", "glft-", "glsoat-", "glimt-", "glagent-", "ltai", "akid", "akia", "asia", "abia", "acca", "a3t", "aiza", "ya29", "sqa_", "sqp_", "squ_", "ccipat_"),
		ownKey("aws-secret-key", `(?i)\b(?:aws|amazon|secret)[\w \t-]{0,30}(?:key|secret)\w{0,10}["']?[ \t]*(?:=>|[:=]|is|\t)[ \t]*`+open+`([a-z0-9+/]{40})(?:[^a-z0-9+/=]|$)`, isKey, "aws", "amazon", "secret"),
	}
}

func own(id, expr string, fits func(secret, line string) bool, words ...string) rule {
	r := rule{id: id, words: words, expr: expr, group: 1,
		fits: func(secret, _, line string) bool { return fits(strings.TrimRight(secret, trailing), line) }}
	switch id {
	case "private-key":
		r.reach = farAfter
	case "netrc-password", "pgpass-password":
		r.reach = nearLines
	case "url-credentials":
		r.needs, r.reach = "@", sameWord
	}
	return r
}

// havingOneOf has a rule look for words, in lower case, one of which is in all that it finds.
func havingOneOf(words []string, r rule) rule {
	r.oneOf = keywordsOf(words)
	return r
}

// ownKey makes a rule for what machines make.
func ownKey(id, expr string, fits func(secret, line string) bool, words ...string) rule {
	r := own(id, expr, fits, words...)
	r.byMachine = true
	return r
}
