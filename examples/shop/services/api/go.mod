module example.com/shop/services/api

go 1.24

require (
	example.com/shop/libs/money v0.0.0
	github.com/go-chi/chi/v5 v5.2.1
)

require github.com/google/uuid v1.6.0 // indirect

replace example.com/shop/libs/money => ../../libs/money
