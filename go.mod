module zscope

go 1.24.0

require github.com/go-gl/mathgl v1.2.0
