package domain

import "time"

// Feed is a subscription of a calendar program: whoever holds its key sees the due
// dates of one officer, or of the whole office. It shows register numbers and dates
// and no personal data. The id is a digest of the key; the key is not kept.
type Feed struct {
	Office string `json:"office"`
	Owner  string `json:"owner"` // staff id who asked for it
	// Assignee bounds the feed to the cases of one officer; empty for the office.
	Assignee  string    `json:"assignee,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	RevokedAt time.Time `json:"revoked_at,omitzero"`
}
