package rclone

// Run takes another program for rclone.
func (r *Rclone) Run(program string) {
	r.find = func(string) (string, error) { return program, nil }
}
