package convert

import (
	"finpages/sources"
	"finpages/sources/convert/sandbox"
)

// Limit sets what the readers of our own may take.
func (c *Converter) Limit(l sandbox.Limits) { c.limits = l }

// PDFPages reads what pdftotext writes.
func PDFPages(doc *sources.Document) error { return pdfPages(doc) }
