module zscope

go 1.25.0

require (
	github.com/go-gl/mathgl v1.2.0
	github.com/godbus/dbus/v5 v5.2.2
	github.com/klauspost/compress v1.20.3
	github.com/mrjoshuak/go-openexr v1.4.20
	golang.org/x/image v0.26.0
	golang.org/x/sys v0.41.0
)

require (
	gioui.org/shader v1.0.9 // indirect
	github.com/TheTitanrain/w32 v0.0.0-20180517000239-4f5cfb03fabf // indirect
	github.com/go-text/typesetting v0.3.5 // indirect
	golang.org/x/net v0.48.0 // indirect
	golang.org/x/text v0.32.0 // indirect
	golang.org/x/tools v0.39.0 // indirect
)

require (
	eliasnaur.com/font v0.0.0-20230308162249-dd43949cb42d
	gioui.org v0.10.3
	github.com/fsnotify/fsnotify v1.9.0
	github.com/jezek/xgb v1.1.1
	github.com/klauspost/cpuid/v2 v2.4.2
	github.com/mrjoshuak/go-jpeg2000 v1.5.6 // indirect
	github.com/qmuntal/gltf v0.28.0
	github.com/rogpeppe/go-internal v1.14.1
	github.com/sqweek/dialog v0.0.0-20240226140203-065105509627
	golang.org/x/exp/shiny v0.0.0-20250408133849-7e4ce0ab07d0
)
