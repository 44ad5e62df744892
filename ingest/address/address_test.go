package address

import "testing"

func TestNormalAddress(t *testing.T) {
	groups := map[string]int{}
	for i, alike := range [][]string{
		{"https://docs.example.com", "https://docs.example.com/", "HTTPS://Docs.Example.COM", "https://docs.example.com:443", "https://docs.example.com.",
			"https://docs.example.com/#top", "https://docs.example.com/a/..", "https://docs.example.com//"},
		{"http://docs.example.com", "http://docs.example.com:80/"},
		{"https://docs.example.com:8443"},
		{"https://docs.example.com:80"},
		{"https://docs.example.com/a", "https://docs.example.com/%61/", "https://docs.example.com/./a"},
		{"https://docs.example.com/A"},
		{"https://docs.example.com/a/b"},
		{"https://docs.example.com/a%2Fb", "https://docs.example.com/a%2fb"},
		{"https://docs.example.com/a?x=1", "https://docs.example.com/a/?x=1"},
		{"https://docs.example.com/a?x=2"},
		{"https://[2001:db8::1]/a", "https://[2001:DB8::1]:443/a/"},
		{"docs.example.com"},
		{"not an address: %zz"},
		{""},
	} {
		for _, address := range alike {
			normal := Normal(address)
			if group, met := groups[normal]; met && group != i {
				t.Errorf("%q is told to be another's place: %q", address, normal)
			}
			groups[normal] = i
			if !Same(address, alike[0]) {
				t.Errorf("%q and %q are told apart: %q, %q", address, alike[0], normal, Normal(alike[0]))
			}
		}
	}
}

func TestSamePage(t *testing.T) {
	isIt := SamePage("http://docs.example.com/guide/#install")
	for address, want := range map[string]bool{
		"https://docs.example.com/guide": true, "http://docs.example.com/guide/": true,
		"https://docs.example.com/guide/install": false, "https://docs.example.com/": false, "": false,
	} {
		if isIt(address) != want {
			t.Errorf("%q: %v", address, !want)
		}
	}
}
