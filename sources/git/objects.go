package git

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync/atomic"

	"finpages/sources"
)

var (
	errMissing = errors.New("no such object")
	errClosed  = errors.New("the snapshot is closed")
)

// objects reads objects of a repository through one process of
// git cat-file --batch (https://git-scm.com/docs/git-cat-file#_batch_output),
// one at a time. An object that is only promised is missing: git fetches none
// by itself here.
type objects struct {
	turn  chan struct{} // holds one token while nobody reads
	start func() (*running, error)
	p     *running // nil until needed
	done  bool

	broken atomic.Bool // the repository is corrupt
}

func newObjects(start func() (*running, error)) *objects {
	o := &objects{turn: make(chan struct{}, 1), start: start}
	o.turn <- struct{}{}
	return o
}

// object is what the repository holds under a name.
type object struct {
	id, kind string // kind: blob, tree, commit
	size     int64
	body     []byte // nil if larger than asked for
}

// get reads the object with the name, and its body if it is at most limit
// bytes long. It returns errMissing if there is none.
func (o *objects) get(ctx context.Context, name string, limit int64) (object, error) {
	select {
	case <-o.turn:
	case <-ctx.Done():
		return object{}, ctx.Err()
	}
	defer func() { o.turn <- struct{}{} }()
	if o.done {
		return object{}, errClosed
	}
	if err := ctx.Err(); err != nil {
		return object{}, err
	}
	if o.p == nil {
		p, err := o.start()
		if err != nil {
			return object{}, err
		}
		o.p = p
	}
	p := o.p
	stop := context.AfterFunc(ctx, func() { _ = p.cmd.Cancel() })
	obj, err := p.object(name, limit)
	interrupted := !stop()
	if err == nil && !interrupted || errors.Is(err, errMissing) && !interrupted {
		return obj, err
	}
	if ended := o.end(); ended != nil {
		err = ended
	}
	if interrupted {
		return object{}, context.Cause(ctx)
	}
	if says(err, "promisor") { // older git's word for what it may not fetch
		return object{}, errMissing
	}
	o.broken.Store(true)
	return object{}, err
}

// object asks the process for one object.
func (p *running) object(name string, limit int64) (object, error) {
	if strings.ContainsAny(name, "\n\x00") {
		return object{}, errMissing
	}
	if _, err := io.WriteString(p.stdin, name+"\n"); err != nil {
		return object{}, err
	}
	header, err := p.stdout.ReadString('\n')
	if err != nil {
		return object{}, io.ErrUnexpectedEOF
	}
	header = strings.TrimSuffix(header, "\n")
	fields := strings.Fields(strings.TrimPrefix(header, name))
	if strings.HasPrefix(header, name+" ") && len(fields) == 1 {
		return object{}, errMissing // or ambiguous
	}
	if fields = strings.Fields(header); len(fields) != 3 || !isCommitID(fields[0]) {
		return object{}, fmt.Errorf("git cat-file says %q", plain(header))
	}
	obj := object{id: fields[0], kind: fields[1]}
	if obj.size, err = strconv.ParseInt(fields[2], 10, 64); err != nil {
		return object{}, fmt.Errorf("git cat-file says %q", plain(header))
	}
	return obj, p.body(&obj, limit)
}

func (p *running) body(obj *object, limit int64) error {
	if obj.size <= limit {
		obj.body = make([]byte, obj.size)
		if _, err := io.ReadFull(p.stdout, obj.body); err != nil {
			return io.ErrUnexpectedEOF
		}
	} else if _, err := io.CopyN(io.Discard, p.stdout, obj.size); err != nil {
		return io.ErrUnexpectedEOF
	}
	_, err := p.stdout.ReadByte() // the line end after the body
	return err
}

// end ends the process, and says why it ended if by itself.
func (o *objects) end() error {
	p := o.p
	o.p = nil
	if p == nil {
		return nil
	}
	p.stdin.Close() // the end of its input ends it
	p.kill.Reset(killDelay)
	p.drain()
	return p.wait()
}

// restart lets the next get see another repository.
func (o *objects) restart() {
	<-o.turn
	_ = o.end() // nobody waits for its answer
	o.turn <- struct{}{}
}

// close ends the process for good.
func (o *objects) close() {
	<-o.turn
	o.done = true
	_ = o.end() // nobody waits for its answer
	o.turn <- struct{}{}
}

// tooLarge is the error of a document over the limit.
func tooLarge(size int64) error {
	return fmt.Errorf("%d bytes are more than the %d that a document may have", size, sources.MaxDocument)
}
