// Command chart lints and renders a Helm chart with Helm's own packages, for
// the chart's tests. It is a module of its own, so that finpages does not
// depend on Helm, and not the helm command, which takes three times as long to
// build.
//
//	chart [-name RELEASE] [-values FILE] [-set K=V]... [-set-json K=JSON]... lint|template|notes CHART
package main

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/lint/support"
	"helm.sh/helm/v3/pkg/strvals"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/kubernetes/scheme"
)

// kubeVersion is the oldest one that the chart supports.
const kubeVersion = "1.30.0"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("chart", flag.ContinueOnError)
	release := flags.String("name", "release", "name of the release")
	values := map[string]any{}
	flags.Func("values", "file of values", func(file string) error {
		read, err := chartutil.ReadValuesFile(file)
		values = chartutil.CoalesceTables(read, values)
		return err
	})
	flags.Func("set", "values, as for helm", func(s string) error { return strvals.ParseInto(s, values) })
	flags.Func("set-json", "value in JSON, as for helm", func(s string) error { return strvals.ParseJSON(s, values) })
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 2 {
		return errors.New("give a command and a chart")
	}
	if flags.Arg(0) == "lint" {
		return lintStrictly(flags.Arg(1), values)
	}
	rendered, err := render(flags.Arg(1), *release, values)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(rendered)) {
		isNotes := path.Base(name) == "NOTES.txt"
		switch text := rendered[name]; {
		case isNotes && flags.Arg(0) == "notes":
			fmt.Println(text)
		case !isNotes && flags.Arg(0) == "template" && strings.TrimSpace(text) != "":
			if err := validate(text); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			fmt.Printf("---\n# Source: %s\n%s\n", name, text)
		}
	}
	return nil
}

// validate decodes an object by its type, strictly, so that a misspelt field is
// an error. Kinds that Kubernetes itself does not have it leaves alone.
func validate(object string) error {
	codecs := serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict)
	_, _, err := codecs.UniversalDeserializer().Decode([]byte(object), nil, nil)
	if runtime.IsNotRegisteredError(err) {
		return nil
	}
	return err
}

func lintStrictly(chart string, values map[string]any) error {
	var faults []error
	for _, m := range lint.All(chart, values, "default", true).Messages {
		if m.Severity >= support.WarningSev {
			faults = append(faults, m)
		}
	}
	return errors.Join(faults...)
}

func render(dir, release string, values map[string]any) (map[string]string, error) {
	chart, err := loader.Load(dir)
	if err != nil {
		return nil, err
	}
	version, err := chartutil.ParseKubeVersion(kubeVersion)
	if err != nil {
		return nil, err
	}
	capabilities := chartutil.DefaultCapabilities.Copy()
	capabilities.KubeVersion = *version
	options := chartutil.ReleaseOptions{Name: release, Namespace: "default", Revision: 1, IsInstall: true}
	all, err := chartutil.ToRenderValues(chart, values, options, capabilities)
	if err != nil {
		return nil, err
	}
	return engine.Render(chart, all)
}
