package leaks

import (
	"encoding/base64"
	"strings"
	"unicode"

	regexp "finpages/sources/lazyregexp"
)

// trailing is what may stand behind a secret and is none of it.
const trailing = ".,;:?)]}>\"'`*|’”»"

// samples are what documentation publishes in place of secrets, in lower case.
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/security-creds.html,
// https://docs.stripe.com/keys, https://jwt.io.
var samples = []string{
	"example", "akiaiosfodnn7", "wjalrxutnfemi", "bpxrficyexamplekey", "4ec39hqlyjwdarjtt1zdp7dc", "bqokikjovbii2hlwgh4olfq2",
	"sflkxwrjsmekkf2qt4fwpmejf36pok6yjv_adqssw5c", "tm9bznn3b3jk", "dxnlcjpwyxnzd29yza", "dxnlcm5hbwu6cgfzc3dvcmq", "ywxhzgrpbjpvcgvuu2vzyw1l",
	"16c7e42f292c6912e7710c838347ae178b4a", "placeholder", "redacted", "changeme", "change-me", "change_me", "replace", "dummy", "insert", "your", "xxxx", "****", "....",
	"todo", "fixme", "lorem", "ipsum", "not-a-real", "notreal", "sanitized", "masked", "hidden>", "abcdefg", "0123456789", "1234567890", "deadbeef", "foobar", "foo_bar", "mysecret", "my-secret", "my_secret", "supersecret", "super-secret", "s3cr3t", "somesecret",
}

// blanks are ways to leave a place for the secret.
var blanks = regexp.MustCompile(`^[<\[({]|^[%$#@][\w.{-]*[\w.})%-]*$|\$\{|\{\{|\$\(|%[sd(]|<[a-z_ -]+>|>$|^\\|…|=<|\(\)|\[\]|^process\.|^os\.|^env\b|^secrets?\.|^vars?\.|^data\.|^var\.|^local\.|^self\.|^this\.|^config\.|^req\.|^values\.|^\.`)

// isSample tells what stands for a secret and is none.
func isSample(s string) bool {
	lower := strings.ToLower(s)
	if blanks.MatchString(lower) || hasRun(lower) || distinct(lower) < 4 {
		return true
	}
	for _, w := range samples {
		if strings.Contains(lower, w) {
			return true
		}
	}
	if strings.HasPrefix(lower, "ls0tls1crudjti") && len(s) < 200 { // "-----BEGIN", and no key
		return true
	}
	if plain, err := base64.StdEncoding.DecodeString(s); err == nil && len(plain) > 5 && isASCII(string(plain)) {
		lower = strings.ToLower(string(plain))
	}
	return fromWords(lower)
}

// fillers are the words that made-up passwords consist of.
var fillers = regexp.MustCompile(`pass(?:word|wd|phrase|code)?|p[a@4][s5$]{2}(?:w[o0]rd|wd|w0rd)?|pw|pwd|secret|s3cret|secr3t|token|api|key|my|your|the|new|old|super|strong|long|very|random|secure|user(?:name)?|admin(?:istrator)?|root|guest|demo|test(?:ing)?|foo|bar|baz|qux|some|sample|db|database|mysql|postgres(?:ql)?|redis|mongo|rabbit(?:mq)?|server|client|change|me|this|here|encod(?:ed|ing)|account|access|private|public|shared|bucket|storage|service|app(?:lication)?|aws|azure|google|github|docker|value|string|text|login|account|name|hello|world|abc|def|xyz|asdf?|qwerty?|default|temp(?:orary)?|fake|real|goes|set|initial|in|a|an|to|and|or|not|is|it|for|of|no|yes|true|false|null|none|nil|undefined|empty|base64|sha(?:1|256|384|512)|md5|hmac|aes(?:128|192|256)?|rsa(?:2048|4096)?|utf8|ascii|oauth2?|http[s2]?|x509|ed25519|bcrypt|scrypt|argon2(?:id|i|d)?|pbkdf2|ipv[46]|v\d+|(?:0|1234?5?6?7?8?9?0?|321|111|1)`)

// fromWords tells a value that consists of fillers and marks alone.
func fromWords(lower string) bool {
	rest := fillers.ReplaceAllString(lower, "")
	rest = strings.Trim(rest, "-_./!@#$ ")
	return rest == "" || len(rest) == 1 && rest < lower && '0' <= rest[0] && rest[0] <= '9'
}

// hasRun finds the same character over and over: "aaaa".
func hasRun(s string) bool {
	n := 0
	for i := 1; i < len(s); i++ {
		if s[i] == s[i-1] {
			if n++; n >= 4 {
				return true
			}
			continue
		}
		n = 0
	}
	return false
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// kinds are the kinds of characters of a value.
type kinds struct{ digits, lower, upper, marks, odd int }

func kindsOf(s string) (k kinds) {
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			k.digits++
		case unicode.IsLower(r):
			k.lower++
		case unicode.IsUpper(r):
			k.upper++
		case strings.ContainsRune("!@#$%^&*+=~?", r):
			k.marks++
		default:
			k.odd++
		}
	}
	return k
}

var (
	notPassword  = regexp.MustCompile(`(?i)://|^urn:|^0x[0-9a-f]+$|[?&]\w+=|^![a-z]+$|^[/.~]|^\w+\(|^[a-z][\w-]*(?:\.[a-z][\w-]*)+$|\\[nrt]|^\d[\d.,:/-]*\w{0,3}$|^#[0-9a-f]{3,8}$|^\$\w|^--|^[\w-]+=|^[\w.-]+/[\w./-]+$|^@|^&|\]\(|^[\w.+-]+@[\w-]+\.[\w.-]+$|&&|\|\||::|->|=>|;$`)
	codeWord     = regexp.MustCompile(`^[A-Za-z]+(?:[-_'’][A-Za-z]+)*\d?$`)
	camelCase    = regexp.MustCompile(`^[A-Za-z]?[a-z]+(?:[A-Z][a-z]+){1,6}\d{0,2}$`)
	constant     = regexp.MustCompile(`^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$`)
	numberedWord = regexp.MustCompile(`^[A-Za-z]+\d{0,4}$`)
	wordsBy      = regexp.MustCompile(`^[a-z]+(?:[-_][a-z]+)+(?:[-_]?\d{1,2})?$`)
)

// isPassword tells what people choose as a password from a word of prose: it
// mixes letters with digits or marks.
func isPassword(s, _ string) bool {
	if len(s) < 6 || isSample(s) || notPassword.MatchString(s) || constant.MatchString(s) || wordsBy.MatchString(s) || isPath(s) {
		return false
	}
	k := kindsOf(s)
	letters := k.lower + k.upper
	switch {
	case letters == 0, codeWord.MatchString(s) && (k.digits == 0 || k.upper == 0 && k.digits == 1 && len(s) < 7):
		return mixedCase(s)
	case k.odd > 2 && k.odd*3 > len(s):
		return false
	}
	return k.digits > 0 || innerMark(s)
}

// mixedCase tells letters alone that no word has: "xKqPzRwT".
func mixedCase(s string) bool {
	turns := 0
	for i := 1; i < len(s); i++ {
		if isUpper(s[i]) != isUpper(s[i-1]) {
			turns++
		}
	}
	return len(s) >= 8 && turns >= 4 && !camelCase.MatchString(s) && codeWord.MatchString(s) && !strings.ContainsAny(s, "-_'")
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

// innerMark tells a mark that ends no sentence.
func innerMark(s string) bool {
	inner := strings.TrimRight(s, "!?*")
	return strings.ContainsAny(inner, "!@#$%^&+~?") && !strings.ContainsAny(inner, "()<>{}[]*=|\\")
}

// isURLPassword judges the password in an address.
func isURLPassword(s, line string) bool {
	if isSample(s) || codeWord.MatchString(s) && kindsOf(s).digits == 0 && !mixedCase(s) || strings.ContainsAny(s, "[]{}()") {
		return false
	}
	k := kindsOf(s)
	return len(s) >= 6 && k.digits < len(s) && k.digits+k.marks+k.odd > 0 && !wordsBy.MatchString(s) || mixedCase(s)
}

// isArgument judges the password in a command.
func isArgument(s, line string) bool {
	return !strings.HasPrefix(s, "-") && isURLPassword(s, line) && !notPassword.MatchString(s) && !constant.MatchString(s)
}

// isKey judges what a machine has made. Addresses of badges hold tokens for
// their picture.
func isKey(s, line string) bool {
	if strings.Contains(line, "badge") && strings.Contains(line, "?token=") || isSample(s) || constant.MatchString(s) || wordsBy.MatchString(s) || camelCase.MatchString(s) || notKey.MatchString(s) || isPath(s) {
		return false
	}
	k := kindsOf(s)
	return (k.digits > 1 && k.lower+k.upper > 2 || mixedCase(s) || isScrambled(s)) && entropyOf(s) > 2.8
}

// isScrambled tells letters of which hardly two of the same case stand
// together: names of code have whole words.
func isScrambled(s string) bool {
	lower, runs := 0, 0
	for i := range len(s) {
		if s[i] < 'a' || s[i] > 'z' {
			continue
		}
		lower++
		if i == 0 || s[i-1] < 'a' || s[i-1] > 'z' {
			runs++
		}
	}
	return len(s) >= 16 && runs >= 4 && lower*10 < runs*24 && !strings.ContainsAny(s, "/.-_")
}

// notKey tells calls, names with dots, dates, versions, mail addresses.
var notKey = regexp.MustCompile(`(?i)^\w+\(|^[a-z][\w-]*(?:\.[a-z][a-z_-]*)+$|^\d{4}-\d\d-\d\d|^v?\d+\.\d+|^[\w.+-]+@[\w-]+\.[a-z]+$|^--|^[a-z_-]+=[^=]`)

// isPath tells words with slashes between them.
func isPath(s string) bool {
	if !strings.Contains(s, "/") || strings.Contains(s, "://") {
		return false
	}
	words, all := 0, 0 // bytes
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune("/.-_#", r) }) {
		all += len(part)
		if numberedWord.MatchString(part) && !mixedCase(part) || onlyNumber.MatchString(part) {
			words += len(part)
		}
	}
	return words*3 >= all*2
}

// isPrefixed judges a key that begins as the keys of a service do.
func isPrefixed(s, line string) bool {
	k := kindsOf(s)
	return isKey(s, line) && entropyOf(s) > 3.4 && k.digits >= 2 && k.lower+k.upper >= 6 && !manyWords(s)
}

// manyWords tells names that are put together from words and numbers.
func manyWords(s string) bool {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '-' || r == '_' || r == '.' })
	words := 0
	for _, p := range parts {
		if codeWord.MatchString(p) || onlyNumber.MatchString(p) {
			words++
		}
	}
	return len(parts) >= 3 && words*3 >= len(parts)*2
}

var onlyNumber = regexp.MustCompile(`^\d{1,4}$`)

// isHeader judges the value of a header.
func isHeader(s, line string) bool {
	if isSample(s) || constant.MatchString(s) || wordsBy.MatchString(s) {
		return false
	}
	if plain, err := base64.StdEncoding.DecodeString(s); err == nil {
		if _, password, ok := strings.Cut(string(plain), ":"); ok && isASCII(string(plain)) {
			return !isSample(password)
		}
	}
	return isKey(s, line)
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// isLoginHash judges a name with its hash.
func isLoginHash(s, line string) bool {
	name, hash, _ := strings.Cut(s, ":")
	name = strings.ToLower(name)
	return (!fromWords(name) || name == "admin" || name == "root") && isHash(hash, line)
}

// isHash judges a hash in crypt's form.
func isHash(s, _ string) bool {
	return strings.Count(s, "$") >= 3 && !strings.Contains(strings.ToLower(s), "example") && !strings.Contains(s, "...") && !hasRun(s)
}

// isSeed judges the seed of one-time passwords.
func isSeed(s, line string) bool {
	s = strings.NewReplacer(" ", "", "-", "").Replace(s)
	return len(s) >= 16 && !isSample(s) && entropyOf(s) > 3 && kindsOf(s).digits > 0
}

// isArmor judges a private key whose end is missing.
func isArmor(s, _ string) bool { return isWholeKey(s) }

var base64Line = regexp.MustCompile(`[A-Za-z0-9+/=]{30,}`)

// isWholeKey tells a private key from a sample that was cut short.
func isWholeKey(s string) bool {
	n := 0
	for _, part := range base64Line.FindAllString(s, 40) {
		if !hasRun(strings.ToLower(part)) {
			n += len(part)
		}
	}
	return n >= 64 && !strings.Contains(strings.ToLower(s), "example")
}
