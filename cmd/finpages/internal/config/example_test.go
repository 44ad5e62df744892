package config_test

import (
	"finpages/sources"
	"finpages/sources/confluence"
	"finpages/sources/confluenceexport"
	"finpages/sources/exec"
	"finpages/sources/filesystem"
	"finpages/sources/git"
	"finpages/sources/rclone"
	"finpages/sources/website"
)

// exampleRegistry has all adapters that the example configures.
var exampleRegistry = sources.Registry{
	"filesystem":        {Options: func() sources.Options { return filesystem.NewOptions() }},
	"git":               {Options: func() sources.Options { return git.NewOptions() }},
	"confluence":        {Options: func() sources.Options { return confluence.NewOptions() }},
	"confluence_export": {Options: func() sources.Options { return confluenceexport.NewOptions() }},
	"exec":              {Options: func() sources.Options { return exec.NewOptions() }},
	"website":           {Options: func() sources.Options { return website.NewOptions() }},
	"rclone":            {Options: func() sources.Options { return rclone.NewOptions() }},
}
