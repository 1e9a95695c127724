package model

import (
	"image"
	"time"

	"gioui.org/f32"

	"zscope/depthcore/camera"
	"zscope/depthcore/colormap"
	"zscope/depthcore/depth"
	"zscope/depthcore/export"
	"zscope/depthcore/scene"
)

// Purpose is what a path was chosen for.
type Purpose int

const (
	ToOpen   Purpose = iota // a scene
	ToExport                // a folder
	ToSave                  // a picture
	ToFilm                  // a film
)

// Msg is something that happened: a wish of the person, or an answer to a
// command.
type Msg interface{}

// Of files.
type (
	// Open asks for a scene file; an empty path is the demo scene.
	Open struct{ Path string }
	// AskOpen asks for the desktop's dialog to choose a scene.
	AskOpen struct{}
	// AskFolder asks for the desktop's dialog to choose an export's folder.
	AskFolder struct{}
	// AskSave asks for the desktop's dialog to save the shown picture.
	AskSave struct{}
	// Chosen answers ChooseFile, ChooseFolder and ChooseSave. Path is empty
	// where the person chose nothing. With Err there was no dialog.
	Chosen struct {
		For  Purpose
		Path string
		Err  error
	}
	// PictureSaved answers SavePicture.
	PictureSaved struct {
		Path string
		Err  error
	}
	// TypePath makes the window ask for a path itself.
	TypePath struct{}
	// ClosePath ends the window's own question for a path.
	ClosePath struct{}
	// Dropped says that files were dropped on the window.
	Dropped struct{ Paths []string }
	// DragOver says whether something is being dragged over the window, and
	// which files, where that is known.
	DragOver struct {
		Over  bool
		Paths []string
	}
	// DropFailed says why files cannot be dropped here.
	DropFailed struct{ Err error }
	// Loaded answers Load.
	Loaded struct {
		Serial int
		Path   string
		Scene  *scene.Scene
		Bounds Bounds
	}
	// LoadFailed answers Load.
	LoadFailed struct {
		Serial int
		Err    error
	}
	// FolderOpened answers Load where the path is a folder.
	FolderOpened struct {
		Serial int
		Path   string
	}
	// TrackLoaded answers LoadTrack. A file of intrinsics alone has no Track.
	TrackLoaded struct {
		Serial     int
		Path       string
		Track      *camera.Track
		Intrinsics camera.Intrinsics
		Borrowed   Borrowed
	}
	// TrackFailed answers LoadTrack.
	TrackFailed struct {
		Serial int
		Err    error
	}
	// RecentKnown says which scenes were opened before.
	RecentKnown struct{ Paths []string }
	// FileChanged says that the open file was written to.
	FileChanged struct{ Path string }
)

// Of time.
type (
	GoTo       struct{ Frame int }
	Step       struct{ Frames int }
	GoFirst    struct{}
	GoLast     struct{}
	TogglePlay struct{ Now time.Time }
	// Shuttle plays in a direction, +1 or -1; again in the same one plays
	// twice as fast.
	Shuttle struct {
		Direction int
		Now       time.Time
	}
	StopPlay   struct{}
	ToggleLoop struct{}
	// Tick says what time it is while playing.
	Tick struct{ Now time.Time }
	// SetFPS chooses the frame rate; 0 is the file's own.
	SetFPS     struct{ FPS float64 }
	MarkIn     struct{}
	MarkOut    struct{}
	ClearMarks struct{}
	// SetMarks marks the frames from In to Out, in either order; Done ends a
	// drag.
	SetMarks struct {
		In, Out int
		Done    bool
	}
)

// Of the camera and the picture.
type (
	ChooseCamera struct{ Index int }
	// LookFreely leaves the scene's camera (or returns to it).
	LookFreely struct{ Free bool }
	// OrbitBy turns the free camera, in radians.
	OrbitBy struct{ Yaw, Pitch float64 }
	// OrbitPan moves the free camera sideways, in screen pixels.
	OrbitPan struct{ DX, DY float64 }
	// OrbitZoom moves the free camera nearer (factor below 1) or farther.
	OrbitZoom struct{ Factor float64 }
	// LookBy turns the free camera where it stands, in radians.
	LookBy struct{ Yaw, Pitch float64 }
	// FlyBy moves the free camera and what it turns around, in shares of the
	// distance between them.
	FlyBy struct{ Right, Up, Ahead float64 }
	// FrameAll makes the free camera see the whole scene.
	FrameAll struct{}
	// ChooseSize sets the picture's size; 0 x 0 is the job's own.
	ChooseSize struct{ Width, Height int }
	// Rendered is a picture that was asked for.
	Rendered struct{ Picture Picture }
	// RenderFailed says why a picture cannot be had.
	RenderFailed struct {
		Serial int
		Err    error
	}
	// Prepared says how far a scene's trees are, up to 1. Without Beside nothing
	// can be cast before; with it, better ones are on their way.
	Prepared struct {
		Scene  *scene.Scene
		Share  float64
		Beside bool
	}
	// CacheKnown says which frames from the timeline's first on are at hand.
	CacheKnown struct {
		Serial int // of the request that it belongs to
		Frames []bool
		Bytes  int64       // of all pictures at hand, of these frames and others
		Traces [][]float32 // see Model.Traces
	}

	Resized struct{ Viewport image.Point }
	ZoomBy  struct {
		Factor float64
		At     f32.Point
	}
	PanBy    struct{ DX, DY float64 }
	ShowAll  struct{} // fit the picture into the viewport
	ShowFull struct{} // one picture pixel is one screen pixel
)

// Of colour.
type (
	SetMap         struct{ Map colormap.Map }
	ToggleReversed struct{}
	SetScale       struct{ Scale colormap.Scale }
	SetRangeMode   struct{ Mode RangeMode }
	// SetRange types or drags the range, and so locks it.
	SetRange struct{ Near, Far float64 }
	// Surveyed says how far the pass over all frames is, and the range of
	// those that it has seen.
	Surveyed struct {
		Serial      int
		Done, Total int
		Near, Far   float64          // 0 without any surface
		Spread      *colormap.Spread // of all frames, with the last message only
	}
	// SurveyFailed says why the pass ended early.
	SurveyFailed struct {
		Serial int
		Err    error
	}
	ToggleLines struct{}
	// SetSpacing chooses the distance between lines of equal depth; 0 is one
	// that suits the range.
	SetSpacing struct{ Spacing float64 }
)

// Of reading.
type (
	PointAt   struct{ At f32.Point } // in the viewport
	PointAway struct{}
	// Probed answers Probe.
	Probed struct {
		Serial  int
		Surface Surface
	}
	// NudgePointer points at another pixel by keys: that many pixels right
	// and down, from the picture's middle where nothing is pointed at.
	NudgePointer struct{ DX, DY int }
	// CopyReading puts what is under the pointer, the pins and the area on the
	// clipboard.
	CopyReading struct{}
	// CopyReadingJSON does so as a JSON object.
	CopyReadingJSON struct{}
)

// Of exporting.
type (
	OpenExport  struct{}
	CloseExport struct{}
	EditExport  struct{ Draft Draft }
	// JobChecked answers CheckJob.
	JobChecked struct {
		Serial int
		Err    error
	}
	StartExport    struct{}
	ExportProgress struct{ Progress export.Progress }
	ExportDone     struct {
		Summary export.Summary
		Err     error
	}
	CancelExport struct{}
	// PauseExport holds the export that runs, or lets it go on.
	PauseExport struct{}
	// DismissResult takes the last export's result away.
	DismissResult struct{}
)

// Of the window.
type (
	Dismiss struct{ Index int } // a notice
	// CloseAsked says that the person wants to close the window.
	CloseAsked struct{}
	// QuitAnswered answers the question whether to leave a running export.
	QuitAnswered     struct{ Quit bool }
	ToggleFullscreen struct{}
)

// Cmd is work to be done outside the model.
type Cmd interface{}

type (
	// Load reads a scene; an empty path is the demo scene. The session answers
	// Loaded or LoadFailed.
	Load struct {
		Serial int
		Path   string
		Meant  Axes
	}
	// LoadTrack reads a camera track; answered by TrackLoaded or TrackFailed.
	LoadTrack struct {
		Serial int
		Path   string
		// Like is the picture that is shown, for what the file leaves open.
		Like camera.Intrinsics
	}
	// Render casts a picture; answered by Rendered, once or (a coarse one
	// first) twice, or RenderFailed, or not at all when a newer one is asked
	// for.
	Render struct{ Request Request }
	// StartSurvey measures the frames First to Last whenever there is nothing else
	// to do; answered by Surveyed, time and again until all are done. Another
	// one takes its place; one without frames ends it.
	StartSurvey struct {
		Serial      int
		Request     Request // of any of the frames
		First, Last int
	}
	// Probe asks what the ray through a pixel's centre hits in the picture of
	// the given request; answered by Probed.
	Probe struct {
		Serial  int
		Picture int // serial of the picture
		View    camera.View
		X, Y    int
	}
	// TracePins says of which pixels CacheKnown tells the depth.
	TracePins struct{ Pins []Pin }
	// CheckJob asks whether a job could be exported; answered by JobChecked.
	CheckJob struct {
		Serial int
		Job    export.Job
	}
	// RunExport exports; answered by ExportProgress and at last ExportDone.
	RunExport struct{ Job export.Job }
	// StopExport cancels the export that runs.
	StopExport struct{}
	// HoldExport pauses the export that runs, or lets it go on.
	HoldExport struct{ On bool }
	// ChooseFile and ChooseFolder show the desktop's dialog; answered by
	// Chosen.
	ChooseFile   struct{ Start string }
	ChooseFolder struct{ Start string }
	// ChooseSave shows the desktop's dialog for a file to write; answered by
	// Chosen.
	ChooseSave struct{ Start, Name string }
	// SavePicture writes a painted picture with its legend as PNG; answered by
	// PictureSaved. A file of that name is not replaced unless it was chosen
	// as it stands.
	SavePicture struct {
		Path    string
		Map     *depth.Map
		Mapping colormap.Mapping
		Caption string
	}
	// SetTitle names the window.
	SetTitle struct{ Title string }
	// Copy puts text on the clipboard.
	Copy struct{ Text string }
	// Remember adds a path to the scenes that were opened before.
	Remember struct{ Path string }
	// SetFullscreen fills the screen with the window, or ends that.
	SetFullscreen struct{ On bool }
	// Quit closes the window.
	Quit struct{}
)

// Redraw changes nothing: it asks for the window to be drawn again.
type Redraw struct{}
