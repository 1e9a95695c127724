package session

import (
	"image"
	"image/color"
	"io"

	"zscope/depthcore/colormap"
	"zscope/depthcore/depth"
	"zscope/depthcore/points"
	"zscope/viewer/model"
)

// drawing is the cloud that was drawn last, which another look turns only.
type drawing struct {
	cloud   *points.Cloud
	of      *depth.Map
	mapping colormap.Mapping
	rgb     *image.RGBA
	most    int
	painter colormap.Painter
}

// Colours of the view around the points, in the dark as in the light: points
// are bright.
var (
	pointsGround = color.RGBA{0x10, 0x12, 0x15, 0xff}
	pointsLines  = color.RGBA{0x70, 0x78, 0x84, 0xff}
)

// drawPoints draws the newest look of the cloud.
func (s *Session) drawPoints(cmd model.DrawPoints) {
	d := &s.drawing
	// Two points for each pixel of the view leave few gaps.
	most := 1 << 17
	for most < 2*cmd.Size.X*cmd.Size.Y {
		most *= 2
	}
	if d.cloud == nil || d.of != cmd.Of || d.mapping != cmd.Mapping || d.rgb != cmd.RGB || d.most != most {
		d.of, d.mapping, d.rgb, d.most = cmd.Of, cmd.Mapping, cmd.RGB, most
		d.cloud = points.NewCloud(points.Pixels{Map: cmd.Of, View: cmd.View, Colours: coloursOf(&d.painter, cmd.Of, cmd.Mapping, cmd.RGB)}, most)
	}
	img := image.NewRGBA(image.Rectangle{Max: cmd.Size})
	if d.cloud.Draw(s.ctx, img, cmd.Look, pointsGround, pointsLines) == nil {
		s.Send(model.PointsDrawn{Serial: cmd.Serial, Image: img})
	}
}

// coloursOf returns the RGB picture, or the map's own colours.
func coloursOf(p *colormap.Painter, m *depth.Map, mapping colormap.Mapping, rgb *image.RGBA) *image.RGBA {
	if rgb != nil {
		return rgb
	}
	img := &image.RGBA{}
	p.Paint(img, m, mapping)
	return img
}

func savePoints(cmd model.SavePoints) (saved model.PointsSaved) {
	defer catch(&saved.Err, "save the points")
	var painter colormap.Painter
	saved.Path, saved.Err = saveWhole(cmd.Path, ".ply", "save the points", func(w io.Writer) (err error) {
		p := points.Pixels{Map: cmd.Of, View: cmd.View, Colours: coloursOf(&painter, cmd.Of, cmd.Mapping, cmd.RGB)}
		saved.Count, err = points.WritePLY(w, p, cmd.Axes, cmd.Notes...)
		return err
	})
	return saved
}
