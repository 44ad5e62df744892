package rclone

import "io"

// Run takes another program for rclone.
func (r *Rclone) Run(program string) {
	r.find = func(string) (string, error) { return program, nil }
}

// Paths reads a list of lsjson.
func Paths(list io.Reader) (paths []string, err error) {
	err = items(list, func(it item) error { paths = append(paths, it.Path); return nil })
	return paths, err
}
