// Command api answers the shop's customers.
package main

import (
	"log"
	"net/http"
	"time"

	"example.com/shop/libs/money"
	"github.com/go-chi/chi/v5"
)

func main() {
	router := chi.NewRouter()
	router.Get("/price", func(w http.ResponseWriter, _ *http.Request) {
		amount := money.New(1299)
		if _, err := w.Write([]byte(amount.Booking.String())); err != nil {
			log.Print(err)
		}
	})
	server := &http.Server{Addr: ":8080", Handler: router, ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}
