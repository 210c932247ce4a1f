package photo

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"runtime"
)

// steps are how a photo is written until it is small enough: first coarser, which
// letters survive down to 70, then smaller. The last always fits.
var steps = []struct{ side, quality int }{
	{MaxSide, 88}, {MaxSide, 80}, {MaxSide, 72}, {1700, 72}, {1400, 70}, {1100, 65}, {800, 50},
}

// encode writes a JPEG of at most MaxOut.
func encode(ctx context.Context, img *image.RGBA) ([]byte, error) {
	var out bytes.Buffer
	for _, s := range steps {
		if max(img.Rect.Dx(), img.Rect.Dy()) > s.side {
			img = shrink(img, s.side)
		}
		out.Reset()
		if err := jpeg.Encode(&yielding{ctx, &out}, img, &jpeg.Options{Quality: s.quality}); err != nil {
			return nil, err
		}
		if out.Len() <= MaxOut {
			break
		}
	}
	return out.Bytes(), nil
}

// yielding writes until its context ends, and lets others run now and then.
type yielding struct {
	ctx context.Context
	out *bytes.Buffer
}

func (y *yielding) Write(b []byte) (int, error) {
	if err := y.ctx.Err(); err != nil {
		return 0, err
	}
	runtime.Gosched()
	return y.out.Write(b)
}
