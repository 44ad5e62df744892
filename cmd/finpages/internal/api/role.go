package api

import (
	"context"
	"errors"
	"net/http"
)

// Role is what somebody may do.
type Role string

// The roles. None, the zero value, may do nothing.
const (
	None    Role = ""
	Read    Role = "read"    // see everything
	Operate Role = "operate" // and change it
)

// ErrReadOnly means that whoever asks may see everything and change nothing.
var ErrReadOnly = errors.New(
	"you can see everything here, but change nothing, because your role is read: ask somebody whose role is operate")

type roleKey struct{}

// WithRole notes what may be done by whoever sends the requests of a context.
func WithRole(ctx context.Context, r Role) context.Context {
	return context.WithValue(ctx, roleKey{}, r)
}

// MayOperate returns [ErrReadOnly] unless whoever asks has the role for it.
func MayOperate(ctx context.Context) error {
	if r, _ := ctx.Value(roleKey{}).(Role); r != Operate {
		return ErrReadOnly
	}
	return nil
}

// operators answers only to those who may change something.
func operators[T any](f func(*http.Request) (T, error)) func(*http.Request) (T, error) {
	return func(r *http.Request) (none T, err error) {
		if err := MayOperate(r.Context()); err != nil {
			return none, err
		}
		return f(r)
	}
}
