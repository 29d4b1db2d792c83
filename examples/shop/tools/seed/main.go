// Command seed fills a test database.
package main

import "github.com/google/uuid"

func main() {
	println(uuid.NewString())
}
