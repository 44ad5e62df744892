package config

import (
	"fmt"
	"os"

	"finpages/sources"
	regexp "finpages/sources/lazyregexp"
)

// Outline is what can be told of a config that may have faults, and whose
// variables may not be set here.
type Outline struct {
	Server  Server   // paths as they are written, but that of the socket
	Sources []string // names
}

// ReadOutline reads the outline of a config file. What cannot be read is as if
// it were not set, also where there is an error.
func ReadOutline(path string) (Outline, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		err = fmt.Errorf("read config: %w", err)
	}
	o := outline(data)
	if o.Server.Socket != "" {
		o.Server.Socket = sources.Env{Dir: dirOf(path)}.Path(o.Server.Socket)
	}
	return o, err
}

// serverBlock is server with everything that is indented below it, for a file
// that is not valid YAML further up or down.
var serverBlock = regexp.MustCompile(`(?m)^server:.*(?:\n(?:[ \t\r#}].*)?)*`)

func outline(data []byte) Outline {
	f := defaults()
	d := &decoder{env: ifSet, defaults: &f.Defaults}
	if !d.document(data, &f) {
		f = defaults()
		d.document(serverBlock.Find(data), &f)
	}
	o := Outline{Server: f.Server}
	if o.Server.Listen == "" {
		o.Server.Listen = defaults().Server.Listen
	}
	for _, s := range f.Sources {
		if s.Name != "" {
			o.Sources = append(o.Sources, s.Name)
		}
	}
	return o
}

// ifSet leaves variables that are not set as they are written.
func ifSet(name string) (string, bool) {
	if value, set := os.LookupEnv(name); set {
		return value, true
	}
	return "${" + name + "}", true
}
