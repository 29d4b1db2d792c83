// Command worker settles bookings in the background.
package main

import (
	"context"
	"log"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"
)

func main() {
	group, _ := errgroup.WithContext(context.Background())
	for range 3 {
		group.Go(func() error {
			log.Print("settled ", uuid.New())
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		log.Fatal(err)
	}
}
