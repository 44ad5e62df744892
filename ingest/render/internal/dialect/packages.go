package dialect

import (
	"slices"
	"strings"

	"finpages/ingest/render/internal/dom"
)

// A manager of packages, as sites show commands of npm for others:
// https://docusaurus.io/docs/markdown-features/code-blocks#npm2yarn-remark-plugin
type packageManager struct {
	label             string
	npx, run, ran     string // what "npx", "npm run" and "npm test" are
	create, exec      string
	flags             map[string]string
	isGlobalBeforeAdd bool
}

var longFlags = map[string]string{"-D": "--dev", "--save-dev": "--dev", "-S": "", "--save": "", "-E": "--exact",
	"--save-exact": "--exact", "-O": "--optional", "--save-optional": "--optional", "-g": "--global"}

var packageManagers = []packageManager{
	{label: "Yarn", npx: "yarn dlx", run: "yarn", ran: "yarn", create: "yarn create ", exec: "yarn", flags: longFlags,
		isGlobalBeforeAdd: true},
	{label: "pnpm", npx: "pnpm dlx", run: "pnpm run", ran: "pnpm", create: "pnpm create ", exec: "pnpm exec",
		flags: map[string]string{"--save": "", "-S": ""}},
	{label: "Bun", npx: "bun x", run: "bun run", ran: "bun", create: "bunx create-", exec: "bunx", flags: longFlags},
}

// yarnCommands are the commands of Yarn that hide scripts of the same names.
var yarnCommands = dom.Set("add", "audit", "bin", "cache", "check", "config", "create", "dedupe", "exec", "global",
	"help", "import", "info", "init", "install", "licenses", "link", "list", "login", "logout", "node", "outdated", "owner",
	"pack", "publish", "remove", "run", "start", "stop", "team", "test", "unlink", "upgrade", "version", "versions", "why",
	"workspace", "workspaces")

// packages shows commands of npm for the other managers, too, as the site does: in
// code for "npm2yarn", of Docusaurus, and for "npm" and "package-install", of Fumadocs.
func packages(r *rewriter, lines []string, _ int) int {
	m := openFence(lines[0])
	if m == nil || strings.Trim(m[1], " \t") != "" {
		return 0
	}
	words := strings.Fields(m[3])
	isFuma := len(words) > 0 && (words[0] == "npm" || words[0] == "package-install")
	if !isFuma && !slices.Contains(words, "npm2yarn") {
		return 0
	}
	n := fenceLength(lines, m[2])
	if !endsFence(lines[:n], m[2]) {
		return 0
	}
	body := dedentAll(lines[1:n-1], indent(m[1]))
	if isFuma && words[0] == "package-install" && len(body) > 0 && !strings.HasPrefix(body[0], "np") {
		body[0] = "npm install " + body[0]
	}
	managers := packageManagers
	if isFuma {
		managers = []packageManager{managers[1], managers[0], managers[2]}
	}
	isShown := false
	block := append([]string{strong("npm"), ""}, fencedCode("bash", body)...)
	for _, manager := range managers {
		if commands, ok := manager.commands(body); ok && !slices.Equal(commands, body) {
			isShown = true
			label := manager.label
			if isFuma {
				label = strings.ToLower(label)
			}
			block = append(append(block, "", strong(label), ""), fencedCode("bash", commands)...)
		}
	}
	if !isShown {
		return 0
	}
	r.emitBlock(r.place(m[1]), block...)
	return n
}

// commands are those of npm for the manager; false if one is not known.
func (p packageManager) commands(lines []string) ([]string, bool) {
	out := make([]string, len(lines))
	for i, line := range lines {
		parts := strings.Split(line, " && ")
		for k, part := range parts {
			rest := strings.TrimLeft(part, " \t$")
			command, ok := p.command(rest)
			if !ok {
				return nil, false
			}
			parts[k] = part[:len(part)-len(rest)] + command
		}
		out[i] = strings.Join(parts, " && ")
	}
	return out, true
}

func (p packageManager) command(line string) (string, bool) {
	words := strings.Fields(line)
	switch {
	case len(words) < 2 || words[0] != "npm" && words[0] != "npx":
		return line, !strings.HasPrefix(line, "npm") && !strings.HasPrefix(line, "npx")
	case words[0] == "npx":
		return p.npx + " " + strings.Join(words[1:], " "), true
	}
	args := words[2:]
	switch words[1] {
	case "install", "i":
		return p.install(args), true
	case "uninstall", "remove", "rm", "un":
		return p.change("remove", args), true
	case "run", "run-script":
		if p.label == "Yarn" && len(args) > 0 && yarnCommands[args[0]] {
			return join("yarn run", withoutDashes(args)), true
		}
		return join(p.run, withoutDashes(args)), true
	case "test", "t":
		if p.label == "Bun" {
			return join("bun run test", withoutDashes(args)), true
		}
		return join(p.ran+" test", withoutDashes(args)), true
	case "start":
		return join(p.ran+" start", withoutDashes(args)), true
	case "exec":
		return join(p.exec, withoutDashes(args)), true
	case "init", "create":
		if len(args) == 0 || strings.HasPrefix(args[0], "-") {
			return join(p.ran+" init", args), words[1] == "init"
		}
		name, _, _ := strings.Cut(args[0], "@")
		if name == "" { // of a scope
			return "", false
		}
		return join(p.create+name, withoutDashes(args[1:])), true
	}
	return "", false
}

// install installs what the document's project needs, or adds to it.
func (p packageManager) install(args []string) string {
	isFlag := func(s string) bool { return strings.HasPrefix(s, "-") }
	if !slices.ContainsFunc(args, func(s string) bool { return !isFlag(s) }) {
		return join(p.ran+" install", args)
	}
	return p.change("add", args)
}

func (p packageManager) change(verb string, args []string) string {
	start := p.ran
	var out []string
	for _, arg := range args {
		flag, known := p.flags[arg]
		switch {
		case (arg == "-g" || arg == "--global") && p.isGlobalBeforeAdd:
			start += " global"
		case !known:
			out = append(out, arg)
		case flag != "":
			out = append(out, flag)
		}
	}
	return join(start+" "+verb, out)
}

func withoutDashes(args []string) []string {
	return slices.DeleteFunc(slices.Clone(args), func(s string) bool { return s == "--" })
}

func join(start string, words []string) string {
	return strings.TrimSpace(start + " " + strings.Join(words, " "))
}
