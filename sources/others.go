package sources

// Others gives a document what other files of its source hold. What is nil the
// source cannot give.
type Others struct {
	// Include returns a file by its slash path; false if there is none that may be
	// included.
	Include func(path string) ([]byte, bool)

	// Labelled returns what carries a label in another document of the same format,
	// the nearest to the path from: its title, "" if it has none, and the path of the
	// document, "" if nothing carries the label.
	Labelled func(from, label string) (title, path string)
}
