package rclone

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"finpages/sources/limits"
)

// itemLimits bound what rclone says about one file. Paths have up to 32 KiB, and
// there are some dozen hashes.
var itemLimits = limits.Limits{Bytes: 128 << 10, Items: 32 << 10, Depth: 8}

// items calls visit for each file of a list of lsjson. The end of the list must
// be there. Memory is held for one file at a time, and for so much of it as the
// limits allow.
func items(list io.Reader, visit func(item) error) error {
	bounded := &boundedReader{from: bufio.NewReaderSize(list, 64<<10)}
	d := json.NewDecoder(bounded)
	bounded.renew()
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return bounded.fault()
	}
	for d.More() {
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return bounded.fault()
		}
		it, err := readItem(raw)
		if err != nil {
			return err
		}
		if err := visit(it); err != nil {
			return &takerError{err}
		}
		bounded.renew()
	}
	if t, err := d.Token(); err != nil || t != json.Delim(']') {
		return bounded.fault()
	}
	return nil
}

func readItem(raw []byte) (it item, err error) {
	if err := itemLimits.JSON(string(raw)); err != nil {
		return it, fmt.Errorf("rclone lsjson: what it says about one file: %w", err)
	}
	if json.Unmarshal(raw, &it) != nil {
		return it, errCut
	}
	return it, nil
}

// errCut means that rclone's list does not end as it should.
var errCut = errors.New("rclone lsjson: the list is cut short")

// takerError is one of whoever takes the entries.
type takerError struct{ err error }

func (e *takerError) Error() string { return e.err.Error() }

// boundedReader ends what is read for one file at twice the limit: the decoder
// reads ahead.
type boundedReader struct {
	from io.Reader
	left int
	over bool
}

func (r *boundedReader) renew() { r.left = 2 * itemLimits.Bytes }

func (r *boundedReader) Read(b []byte) (int, error) {
	if r.left <= 0 {
		r.over = true
		return 0, limits.ErrExceeded
	}
	n, err := r.from.Read(b[:min(len(b), r.left)])
	r.left -= n
	return n, err
}

// fault says what is wrong with a list that cannot be read on.
func (r *boundedReader) fault() error {
	if r.over {
		return fmt.Errorf("rclone lsjson: what it says about one file: %w: longer than %d KiB", limits.ErrExceeded,
			itemLimits.Bytes>>10)
	}
	return errCut
}
