//go:build !linux

package filesystem_test

import "errors"

func setfsuid(int) error { return errors.New("not Linux") }
