// Package money counts in the smallest unit of a currency.
package money

import "github.com/google/uuid"

// Amount is a sum of cents with the id of its booking.
type Amount struct {
	Cents   int64
	Booking uuid.UUID
}

// New books an amount.
func New(cents int64) Amount {
	return Amount{Cents: cents, Booking: uuid.New()}
}
