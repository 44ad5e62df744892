package leaks_test

import (
	"strings"
	"testing"

	"finpages/ingest/leaks"
)

func BenchmarkPage(b *testing.B) {
	d := detector(b)
	html := "<h1>Access</h1>" + strings.Repeat("<p>"+filler+"The access token and the API key of the service are "+
		"in the vault; see the page about authentication.</p>\n<pre><code>"+
		"kubectl get secret app-token --output yaml\nexport API_URL=https://api.corp.net/v1\n</code></pre>\n", 200)
	b.SetBytes(int64(len(html)))
	b.ReportAllocs()
	for b.Loop() {
		d.Page(b.Context(), leaks.Page{Title: "Access", HTML: html})
	}
}

func BenchmarkHostile(b *testing.B) {
	d := detector(b)
	for _, unit := range []string{"key", "password=", "key: ", "a:b@://", "-----BEGIN PRIVATE KEY-----\n", "token is \n",
		"sk-a_b_c\t", "AKIA", "password: Xk3", "$6$a:"} {
		b.Run(unit, func(b *testing.B) {
			text := strings.Repeat(unit, 200_000/len(unit))
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				d.Page(b.Context(), leaks.Page{Source: text})
			}
		})
	}
}
