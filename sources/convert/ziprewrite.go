package convert

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
)

// maxPartsXML is how many bytes the XML of a document may have, all in all.
const maxPartsXML = 64 << 20

// rewriteZip changes the XML in a document; look, if it is not nil, first sees all
// of it. What is no such file stays as it is; one that cannot be read is refused,
// since it may hold what nobody shall see.
func rewriteZip(g *gathered, look func(string, []byte) error, change func(string, []byte) ([]byte, error)) {
	z, err := zip.NewReader(bytes.NewReader(g.body), int64(len(g.body)))
	if err != nil {
		g.fault = fmt.Errorf("it cannot be unpacked: %w", err)
		return
	}
	if look != nil {
		if g.fault = eachXML(z, look); g.fault != nil {
			return
		}
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		if !isXML(f.Name) {
			if g.fault = w.Copy(f); g.fault != nil {
				return
			}
		}
	}
	g.fault = eachXML(z, func(name string, data []byte) error {
		data, err := change(name, data)
		if err != nil {
			return err
		}
		part, err := w.Create(name)
		if err == nil {
			_, err = part.Write(data)
		}
		return err
	})
	if g.fault == nil {
		g.fault = w.Close()
		g.body = out.Bytes()
	}
}

func isXML(name string) bool {
	extension := path.Ext(name)
	return extension == ".xml" || extension == ".rels"
}

// eachXML calls do for each file of XML, all of which have a bounded size.
func eachXML(z *zip.Reader, do func(name string, data []byte) error) error {
	left := int64(maxPartsXML)
	for _, f := range z.File {
		if !isXML(f.Name) {
			continue
		}
		in, err := f.Open()
		if err != nil {
			return fmt.Errorf("read %s: %w", f.Name, err)
		}
		data, err := io.ReadAll(io.LimitReader(in, left+1))
		in.Close()
		if left -= int64(len(data)); left < 0 {
			err = errors.New("it unpacks to too much")
		}
		if err == nil {
			err = do(f.Name, plainXML(data))
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", f.Name, err)
		}
	}
	return nil
}
