package web

import (
	"bytes"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
)

// HelpTopic is a page of the guide.
type HelpTopic struct {
	Name  string // in its address: /help/NAME
	Title string
	Text  string // Markdown; JSON if it begins with a brace
}

// guide renders topics; their headings can be linked to, as alerts do.
var guide = sync.OnceValue(func() goldmark.Markdown {
	return goldmark.New(goldmark.WithExtensions(extension.Table), goldmark.WithParserOptions(parser.WithAutoHeadingID()))
})

type helpView struct {
	frame
	Topics []HelpTopic
	HTML   template.HTML // "" for the list of topics
}

// shownTopics is how many topics a search shows.
const shownTopics = 5

// helpOn returns the topics of the guide that have all words of a text: first those
// with them in their titles, then in a question or heading, then in a paragraph.
func (s *server) helpOn(text string) (topics []HelpTopic) {
	words := strings.Fields(strings.ToLower(text))
	has := func(text string) bool {
		text = strings.ToLower(text)
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
	}
	var byPlace [3][]HelpTopic
	for _, t := range s.Help {
		place := len(byPlace)
		if has(t.Title) {
			place = 0
		} else if !strings.HasPrefix(t.Text, "{") { // that is for programs
			for paragraph := range strings.SplitSeq(t.Text, "\n\n") {
				if head, _, _ := strings.Cut(strings.TrimPrefix(paragraph, "**"), "**"); (head != paragraph || strings.HasPrefix(head, "#")) && has(head) {
					place = min(place, 1)
				} else if has(paragraph) {
					place = min(place, 2)
				}
			}
		}
		if place < len(byPlace) {
			byPlace[place] = append(byPlace[place], t)
		}
	}
	topics = slices.Concat(byPlace[:]...)
	return topics[:min(len(topics), shownTopics)]
}

func (s *server) showHelp(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("topic")
	if name == "" {
		s.render(w, http.StatusOK, "help", helpView{frame: s.frame(r, "Help"), Topics: s.Help})
		return
	}
	for _, t := range s.Help {
		if t.Name != name {
			continue
		}
		if strings.HasPrefix(t.Text, "{") {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(t.Text))
			return
		}
		var b bytes.Buffer
		if err := guide().Convert([]byte(t.Text), &b); err != nil {
			s.problem(w, http.StatusInternalServerError, err.Error(), s.site.at("/help"))
			return
		}
		// Ours, and without raw HTML, which goldmark leaves out.
		s.render(w, http.StatusOK, "help", helpView{frame: s.frame(r, t.Title), HTML: template.HTML(b.String())})
		return
	}
	s.problem(w, http.StatusNotFound, "There is no help on this topic.", s.site.at("/help"))
}
