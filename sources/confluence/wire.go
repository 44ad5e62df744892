package confluence

import (
	"encoding/json"
	"fmt"
	"strings"

	"finpages/sources/confluence/internal/rest"
)

// word is a JSON string or number: ids come as either.
type word string

func (w *word) UnmarshalJSON(b []byte) error {
	var s string
	if len(b) > 0 && b[0] == '"' {
		err := json.Unmarshal(b, &s)
		*w = word(s)
		return err
	}
	if string(b) == "null" {
		*w = ""
		return nil
	}
	var n json.Number
	err := json.Unmarshal(b, &n)
	*w = word(n)
	return err
}

// number returns the id of a page, "" if it is none.
func number(w word) string {
	if !isNumber(string(w)) {
		return ""
	}
	return string(w)
}

type label struct {
	Name   string `json:"name"`
	Prefix string `json:"prefix"`
}

// String returns the label as people write it; "my:" and "team:" set personal
// and team labels apart.
func (l label) String() string {
	if l.Prefix == "" || l.Prefix == "global" {
		return strings.ToLower(l.Name)
	}
	return strings.ToLower(l.Prefix + ":" + l.Name)
}

func labelNames(labels []label) []string {
	names := make([]string, 0, len(labels))
	for _, l := range labels {
		names = append(names, strings.Clone(l.String()))
	}
	return names
}

// subjects are the users or groups that a restriction lets through.
type subjects struct {
	Results []struct {
		Name string `json:"name"`
	} `json:"results"`
	Size  int `json:"size"`
	Total int `json:"totalSize"`
}

func (s *subjects) count() int { return max(len(s.Results), s.Size, s.Total) }

// restriction is who may view a page, when not everybody.
type restriction struct {
	Operation    string `json:"operation"`
	Restrictions *struct {
		User  *subjects `json:"user"`
		Group *subjects `json:"group"`
	} `json:"restrictions"`
}

// access returns what the restriction says; false if it does not say.
func (r *restriction) access() (access, bool) {
	if r == nil || r.Restrictions == nil {
		return access{}, false
	}
	users, groups := r.Restrictions.User, r.Restrictions.Group
	var to []string
	if groups != nil && groups.count() > 0 {
		to = append(to, groups.names())
	}
	if users != nil && users.count() > 0 {
		to = append(to, fmt.Sprintf("%d named user(s)", users.count()))
	}
	if len(to) > 0 {
		return access{reason: "view restricted to " + strings.Join(to, " and ")}, true
	}
	return access{}, users != nil && users.Results != nil && groups != nil && groups.Results != nil
}

func (s *subjects) names() string {
	names := []string{}
	for _, g := range s.Results {
		if g.Name != "" && len(names) < 3 {
			names = append(names, rest.Short(g.Name))
		}
	}
	if len(names) == 0 || len(names) < s.count() {
		return fmt.Sprintf("%d group(s)", s.count())
	}
	return "group " + strings.Join(names, ", ")
}

// bodies holds a body in the forms asked for.
type bodies struct {
	View    form `json:"view"`
	Storage form `json:"storage"`
}

type form struct {
	Value *string `json:"value"`
}

// content is a page or blog post of the API that Data Center serves, and Cloud
// calls v1.
type content struct {
	ID     word   `json:"id"`
	Type   string `json:"type"`
	Status string `json:"status"`
	Title  string `json:"title"`
	Space  *struct {
		Key string `json:"key"`
	} `json:"space"`
	Version *struct {
		Number int    `json:"number"`
		When   string `json:"when"`
	} `json:"version"`
	Ancestors *[]struct {
		ID word `json:"id"`
	} `json:"ancestors"`
	Metadata struct {
		MediaType string `json:"mediaType"`
		Labels    *struct {
			Results []label    `json:"results"`
			Size    int        `json:"size"`
			Limit   int        `json:"limit"`
			Links   rest.Links `json:"_links"`
		} `json:"labels"`
	} `json:"metadata"`
	Restrictions struct {
		Read *restriction `json:"read"`
	} `json:"restrictions"`
	Body  bodies     `json:"body"`
	Links rest.Links `json:"_links"`

	// Of an attachment.
	Container *struct {
		ID   word   `json:"id"`
		Type string `json:"type"`
	} `json:"container"`
	Extensions struct {
		MediaType string `json:"mediaType"`
		FileSize  *int64 `json:"fileSize"`
	} `json:"extensions"`

	Children struct {
		Attachment *children `json:"attachment"`
	} `json:"children"`
}

// children are the first attachments of a page.
type children struct {
	Results *[]content `json:"results"`
	Size    int        `json:"size"`
	Limit   int        `json:"limit"`
	Links   rest.Links `json:"_links"`
}

// whole tells whether there are no more of them.
func (c *children) whole() bool {
	return c != nil && c.Results != nil && c.Links.Next == "" && c.Size <= len(*c.Results) &&
		(c.Limit == 0 || len(*c.Results) < c.Limit)
}

// read returns the content's body.
func (c content) read() *body {
	b := &body{title: c.Title, status: c.Status, view: c.Body.View.Value, storage: c.Body.Storage.Value}
	own, _ := c.Restrictions.Read.access()
	b.restricted = own.reason
	if c.Version != nil {
		b.version = c.Version.Number
	}
	return b
}

// labels returns the content's labels; false if the answer may lack some.
func (c content) labels() ([]string, bool) {
	l := c.Metadata.Labels
	if l == nil {
		return nil, false
	}
	whole := l.Links.Next == "" && l.Size <= len(l.Results) && (l.Limit == 0 || len(l.Results) < l.Limit)
	return labelNames(l.Results), whole
}

// page2 is a page, blog post or folder of Cloud's v2 API.
type page2 struct {
	ID         word   `json:"id"`
	Status     string `json:"status"`
	Title      string `json:"title"`
	SpaceID    word   `json:"spaceId"`
	ParentID   word   `json:"parentId"`
	ParentType string `json:"parentType"`
	Version    *struct {
		Number    int    `json:"number"`
		CreatedAt string `json:"createdAt"`
	} `json:"version"`
	Body  bodies     `json:"body"`
	Links rest.Links `json:"_links"`
}

// attachment2 is an attachment of Cloud's v2 API.
type attachment2 struct {
	ID        word   `json:"id"`
	Status    string `json:"status"`
	Title     string `json:"title"`
	PageID    word   `json:"pageId"`
	PostID    word   `json:"blogPostId"`
	MediaType string `json:"mediaType"`
	FileSize  *int64 `json:"fileSize"`
	Version   *struct {
		Number    int    `json:"number"`
		CreatedAt string `json:"createdAt"`
	} `json:"version"`
}
