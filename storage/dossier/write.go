package dossier

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Abandoner is a file that can be let go of when it will not be finished. Any other is closed as it is.
type Abandoner interface{ Abandon() error }

// Write makes all that is handed on of an application: "HAL-2026-000001.pdf", then "HAL-2026-000001-1.zip" and so on. Each file
// is closed before the next is created.
func Write(ctx context.Context, c Case, files Files, bind Bind, create func(name string) (io.WriteCloser, error)) (Report, error) {
	pdf, err := create(c.Application.Number + ".pdf")
	if err != nil {
		return Report{}, err
	}
	if err := WritePDF(ctx, pdf, c, files); err != nil {
		return Report{}, errors.Join(err, abandon(pdf))
	}
	if err := pdf.Close(); err != nil {
		return Report{}, err
	}
	return WriteZIP(ctx, c, files, bind, func(n int) (io.WriteCloser, error) {
		return create(fmt.Sprintf("%s-%d.zip", c.Application.Number, n))
	})
}

func abandon(file io.WriteCloser) error {
	if a, can := file.(Abandoner); can {
		return a.Abandon()
	}
	return file.Close()
}
