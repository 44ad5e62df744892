// Package sandbox runs programs that read hostile input, such as converters of
// documents: without the network, without files but the system's own, without
// other programs, within bounds of time, memory and output.
//
// The program is started through finpages itself ([Enter]), which gives up what
// the program must not have and becomes the program. Files are held by Landlock
// (https://docs.kernel.org/userspace-api/landlock.html), network and processes
// by seccomp, memory and CPU time by resource limits.
package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Mode says what to do where the system cannot hold a program.
type Mode string

// The modes.
const (
	Required Mode = "required" // it does not run
	Best     Mode = "best"     // it is held as well as can be
	Off      Mode = "off"      // it is held by limits of time and output alone
)

// Command is the hidden subcommand of finpages that calls [Enter].
const Command = "sandbox-exec"

// WorkDir in an argument stands for the path of the working directory.
const WorkDir = "{workdir}"

// Program is a program to be run.
type Program struct {
	Path  string // absolute
	Args  []string
	Input []byte // on standard input

	// File, when not empty, is the name under which the input lies in the
	// working directory, for programs that read no standard input.
	File string

	// Files are others for the working directory, by slash paths, and File may be
	// such a path, too.
	Files map[string][]byte

	// Result, when not empty, is the name of the file in the working directory
	// that holds the output, for programs that do not write it on standard output.
	Result string

	Reads  []string // folders that it may read, beside the system's own
	Writes bool     // it has a folder of its own, for the time that it runs
	Forks  bool     // it may start programs

	Limits Limits
}

// Limits bound a program; zero stands for the default.
type Limits struct {
	Time   time.Duration // it may take; default 60 s, and the same of CPU time
	Memory int64         // bytes; default 1 GiB
	Output int64         // bytes on standard output; default 64 MiB
}

func (l Limits) orDefaults() Limits {
	if l.Time <= 0 {
		l.Time = time.Minute
	}
	if l.Memory <= 0 {
		l.Memory = 1 << 30
	}
	if l.Output <= 0 {
		l.Output = 64 << 20
	}
	return l
}

// Result is what a program gave.
type Result struct {
	Output   []byte
	Messages string // what it wrote on standard error, shortened
}

// Runner runs programs. Its zero value refuses to run what cannot be held.
type Runner struct {
	Mode Mode   // empty: Required
	Temp string // where working directories are made; empty: the system's
}

// ErrNotHeld means that the system cannot hold a program, and it was not run.
var ErrNotHeld = errors.New("the sandbox cannot be had here")

// Run runs a program to its end. An error says what went wrong in a sentence
// for people, with the program's own words; the program has ended then, with
// all that it started.
func (r Runner) Run(ctx context.Context, p Program) (Result, error) {
	if missing := Missing(); r.Mode != Best && r.Mode != Off && len(missing) > 0 {
		return Result{}, fmt.Errorf("%w: %s: set sandbox: best to run %s nevertheless", ErrNotHeld,
			strings.Join(missing, "; "), filepath.Base(p.Path))
	}
	p.Limits = p.Limits.orDefaults()
	dir, err := r.workDir(p)
	if err != nil {
		return Result{}, err
	}
	if dir != "" {
		defer os.RemoveAll(dir)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, p.Limits.Time, fmt.Errorf("it took longer than %v", p.Limits.Time))
	defer cancel()
	out, messages := &capped{most: p.Limits.Output, stop: cancel}, &capped{most: 16 << 10}
	cmd, err := r.command(ctx, p, dir)
	if err != nil {
		return Result{}, err
	}
	cmd.Stdout, cmd.Stderr = out, messages
	err = runInGroup(cmd)
	res := Result{Output: out.kept.Bytes(), Messages: strings.ToValidUTF8(strings.TrimSpace(messages.kept.String()),
		"\uFFFD")}
	if dir != "" { // a random name that says nothing
		res.Messages = strings.ReplaceAll(res.Messages, dir+"/", "")
	}
	err = said(ctx, err, out, res.Messages, p)
	if err == nil && p.Result != "" {
		res.Output, err = result(dir, p)
	}
	return res, err
}

// said tells how a program ended.
func said(ctx context.Context, err error, out *capped, messages string, p Program) error {
	name := p.name()
	switch {
	case out.full:
		return tooMuch(p)
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", name, context.Cause(ctx))
	case messages != "":
		return fmt.Errorf("%s: %s (%w)", name, Complaint(messages), err)
	}
	return fmt.Errorf("%s: %w", name, err)
}

// Complaint is what a program's messages name as its error, on one line: the first
// that is no warning, with what follows a colon at its end.
func Complaint(messages string) string {
	lines := strings.Split(messages, "\n")
	first := 0
	for i, line := range lines {
		line = strings.ToLower(strings.TrimSpace(line))
		if line != "" && !strings.HasPrefix(line, "[") && !strings.HasPrefix(line, "warning") {
			first = i
			break
		}
	}
	text := strings.TrimSpace(lines[first])
	for _, line := range lines[first+1:] {
		if line = strings.TrimSpace(line); !strings.HasSuffix(text, ":") || line == "" {
			break
		}
		text += " " + line
	}
	return text
}

func (r Runner) workDir(p Program) (string, error) {
	if !p.Writes && p.File == "" {
		return "", nil
	}
	dir, err := os.MkdirTemp(r.Temp, "finpages-convert-")
	if err == nil {
		err = fill(dir, p)
	}
	if err != nil {
		_ = os.RemoveAll(dir)
		return "", fmt.Errorf("make a working directory: %w", err)
	}
	return dir, nil
}

// fill writes the program's files. No name leads out of the directory.
func fill(dir string, p Program) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	write := func(name string, data []byte) error {
		if err := root.MkdirAll(path.Dir(name), 0o700); err != nil {
			return err
		}
		return root.WriteFile(name, data, 0o600)
	}
	for name, data := range p.Files {
		if err := write(name, data); err != nil {
			return err
		}
	}
	if p.File == "" {
		return nil
	}
	return write(p.File, p.Input)
}

// result reads the file that holds the output. The program may have put
// anything in its place.
func result(dir string, p Program) ([]byte, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := root.Lstat(p.Result)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: its output is no file", filepath.Base(p.Path))
	case info.Size() > p.Limits.Output:
		return nil, tooMuch(p)
	}
	return root.ReadFile(p.Result)
}

// name is what people call the program.
func (p Program) name() string {
	if p.Path == Self() {
		return "finpages"
	}
	return filepath.Base(p.Path)
}

func tooMuch(p Program) error {
	return fmt.Errorf("%s: it wrote more than %d MB", p.name(), p.Limits.Output>>20)
}

func (r Runner) command(ctx context.Context, p Program, dir string) (*exec.Cmd, error) {
	real, err := realPath(p.Path)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", p.Path, err)
	}
	args := []string{p.Path}
	if p.Path == Self() {
		args[0] = p.name()
	}
	for _, arg := range p.Args {
		args = append(args, strings.ReplaceAll(arg, WorkDir, dir))
	}
	program := p.Path
	if r.Mode != Off && canEnter {
		pol := policy{Path: p.Path, Args: args, Reads: append(slices.Clone(p.Reads), filepath.Dir(real)), Forks: p.Forks,
			Memory: p.Limits.Memory, Seconds: int64(p.Limits.Time/time.Second) + 1}
		if p.Writes {
			pol.Writes = dir
		} else if dir != "" {
			pol.Reads = append(pol.Reads, dir)
		}
		enc, err := json.Marshal(pol)
		if err != nil {
			return nil, err
		}
		program, args = Self(), []string{"finpages", Command, string(enc)}
	}
	cmd := exec.CommandContext(ctx, program)
	cmd.Args, cmd.Dir = args, dir
	if dir == "" {
		cmd.Dir = "/"
	}
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "TZ=UTC",
		"SOURCE_DATE_EPOCH=0",
		"HOME=" + cmd.Dir, "TMPDIR=" + cmd.Dir}
	if p.File == "" {
		cmd.Stdin = bytes.NewReader(p.Input)
	}
	return cmd, nil
}

// realPath follows links; that of this program is also known after its file was replaced.
func realPath(path string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil && path == Self() {
		real, err = os.Readlink(path)
		return strings.TrimSuffix(real, " (deleted)"), err
	}
	return real, err
}

// policy is what a program may have. It reaches [Enter] as JSON.
type policy struct {
	Path    string
	Args    []string
	Reads   []string
	Writes  string
	Forks   bool
	Memory  int64 // bytes
	Seconds int64 // of CPU time
}

// Enter gives up what the policy does not grant and becomes the program. It
// returns only if that fails.
func Enter(encoded string) error {
	var p policy
	if err := json.Unmarshal([]byte(encoded), &p); err != nil {
		return fmt.Errorf("read the sandbox's policy: %w", err)
	}
	return p.enter()
}

// capped keeps the first bytes of what is written to it.
type capped struct {
	kept bytes.Buffer // not embedded: io.Copy would fill it past the cap
	most int64
	stop func() // called when there is more; nil drops the rest
	full bool
}

func (c *capped) Write(b []byte) (int, error) {
	room := c.most - int64(c.kept.Len())
	if int64(len(b)) <= room {
		return c.kept.Write(b)
	}
	c.kept.Write(b[:room])
	c.full = true
	if c.stop != nil {
		c.stop()
	}
	return len(b), nil
}
