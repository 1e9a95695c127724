//go:build (linux && !android) || freebsd

package desktoptest

import (
	"fmt"
	"image"

	"github.com/jezek/xgb/xproto"
)

// Screenshot returns what the display shows.
func (s *Source) Screenshot() (*image.NRGBA, error) {
	screen := xproto.Setup(s.conn).DefaultScreen(s.conn)
	w, h := int(screen.WidthInPixels), int(screen.HeightInPixels)
	reply, err := xproto.GetImage(s.conn, xproto.ImageFormatZPixmap, xproto.Drawable(s.root), 0, 0, uint16(w), uint16(h), ^uint32(0)).Reply()
	if err != nil {
		return nil, fmt.Errorf("take a screenshot: %w", err)
	}
	if len(reply.Data) != 4*w*h {
		return nil, fmt.Errorf("take a screenshot: %d bytes for %dx%d pixels", len(reply.Data), w, h)
	}
	picture := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := 0; i < len(reply.Data); i += 4 {
		b, g, r := reply.Data[i], reply.Data[i+1], reply.Data[i+2]
		copy(picture.Pix[i:], []byte{r, g, b, 255})
	}
	return picture, nil
}
