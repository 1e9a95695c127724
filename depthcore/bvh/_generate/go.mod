module generate

go 1.25.0

require github.com/mmcloughlin/avo v0.5.0

require (
	golang.org/x/mod v0.30.0 // indirect
	golang.org/x/sync v0.18.0 // indirect
	golang.org/x/tools v0.39.0 // indirect
)
