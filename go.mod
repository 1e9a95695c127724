module zscope

go 1.25.0

require (
	github.com/go-gl/mathgl v1.2.0
	github.com/klauspost/compress v1.20.3
	github.com/mrjoshuak/go-openexr v1.4.20
)

require github.com/mrjoshuak/go-jpeg2000 v1.5.6 // indirect
