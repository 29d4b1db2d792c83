module example.com/shop/services/worker

go 1.24

require (
	github.com/google/uuid v1.6.0
	golang.org/x/sync v0.11.0
	golang.org/x/sys v0.31.0 // indirect
)
