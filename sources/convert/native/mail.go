package native

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"finpages/sources"
	"finpages/sources/charset"
	regexp "finpages/sources/lazyregexp"

	"github.com/jhillyerd/enmime/v2"
)

// savedBy begins the sender of a page that a browser saved.
const savedBy = "<Saved by"

// mail turns a message, or a page that a browser saved with all that belongs to
// it, into HTML. The text of attachments follows.
func mail(doc sources.Document) (sources.Document, []string, error) { return message(doc, 0) }

// message is [mail] for one that is in as many others as depth says.
func message(doc sources.Document, depth int) (sources.Document, []string, error) {
	body, err := narrow(doc.Body)
	if err != nil {
		return doc, nil, fmt.Errorf("read message: %w", err)
	}
	env, err := enmime.NewParser(enmime.SkipMalformedParts(true)).ReadEnvelope(bytes.NewReader(body))
	if err != nil {
		return doc, nil, fmt.Errorf("read message: %w", err)
	}
	if env.Text == "" && env.HTML == "" {
		env.Text = unnamedText(env)
	}
	var m, attached markup
	files, notes := attached.attachments(env, depth)
	if strings.TrimSpace(env.HTML+env.Text) == "" && attached.Len() == 0 {
		return doc, nil, errors.New("read message: it has no text")
	}
	var head [][]string
	for _, name := range []string{"From", "To", "Cc", "Date"} {
		if value := env.GetHeader(name); value != "" && !strings.HasPrefix(value, savedBy) {
			head = append(head, []string{name, value})
		}
	}
	for _, h := range head {
		m.element("p", h[0]+": "+h[1])
	}
	if env.HTML != "" {
		if err := bodyOf([]byte(env.HTML), &m); err != nil {
			return doc, nil, fmt.Errorf("read message: %w", err)
		}
	} else {
		m.paragraphs(env.Text)
	}
	m.WriteString(attached.String())
	if doc.Title == "" {
		doc.Title = env.GetHeader("Subject")
	}
	doc = m.document(doc, doc.Title)
	doc.Attached = files
	if strings.HasPrefix(env.GetHeader("From"), savedBy) {
		doc.Format = sources.HTML // a site's page, with all that stands around its content
	}
	return doc, notes, nil
}

// unnamedText is the text of parts that do not say what they are, as in reports
// that a message did not arrive: they are text then.
func unnamedText(env *enmime.Envelope) string {
	var text strings.Builder
	for _, part := range env.OtherParts {
		if part.ContentType == "" && part.FileName == "" {
			text.WriteString(strings.ToValidUTF8(string(part.Content), "\uFFFD") + "\n")
		}
	}
	return text.String()
}

// narrow returns a message that was saved as Unicode text, in UTF-8: it begins with
// a byte order mark, or has a NUL byte in its first letter. Others are as they
// came, since each of their parts has an encoding of its own.
func narrow(message []byte) ([]byte, error) {
	marked := bytes.HasPrefix(message, []byte("\xFF\xFE")) || bytes.HasPrefix(message, []byte("\xFE\xFF"))
	if !marked && bytes.IndexByte(message[:min(2, len(message))], 0) < 0 {
		message = bytes.TrimPrefix(message, []byte("\xEF\xBB\xBF"))
		if bytes.HasPrefix(message, []byte("From ")) { // as a mailbox begins a message
			_, message, _ = bytes.Cut(message, []byte("\n"))
		}
		return message, nil
	}
	text, err := charset.Text(message, true)
	if err != nil {
		return nil, err
	}
	blocks := strings.Split(text, "\n\n")
	for i, block := range blocks {
		isHead := i == 0 || strings.HasPrefix(block, "--")
		if isHead && !partEncoded.MatchString(block) { // its text was saved in another charset than it says
			blocks[i] = partCharset.ReplaceAllString(block, "${1}utf-8")
		}
	}
	return []byte(strings.Join(blocks, "\n\n")), nil
}

// What the head of a part says of its text.
var (
	partEncoded = regexp.MustCompile(`(?mi)^Content-Transfer-Encoding:\s*"?(?:base64|quoted-printable)`)
	partCharset = regexp.MustCompile(`(?i)(;\s*charset\s*=\s*)(?:"[^"\n]*"|[^\s;]+)`)
)

// paragraphs writes text whose paragraphs have empty lines between them.
func (m *markup) paragraphs(text string) {
	for part := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if strings.TrimSpace(part) != "" {
			m.element("p", part)
		}
	}
}
