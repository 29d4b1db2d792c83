module example.com/shop/tools/seed

go 1.24

require github.com/google/uuid v1.6.0

require golang.org/x/text v0.23.0 // indirect
