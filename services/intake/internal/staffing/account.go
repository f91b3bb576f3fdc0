package staffing

import (
	"time"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/identity"
)

// Account is a staff member as stored. It is never deleted: files name who acted.
type Account struct {
	Office   string          `json:"office"`
	Username string          `json:"username"` // unique in the installation
	Name     string          `json:"name"`
	Roles    []identity.Role `json:"roles"`
	Active   bool            `json:"active"`
	// Hash is the password's hash (argon2id, PHC string).
	Hash string `json:"hash"`
	// External: an identity provider signs this staff member in.
	External bool `json:"external,omitempty"`
	// MustChange: somebody else chose the password, and it allows nothing but to choose
	// another.
	MustChange bool `json:"must_change,omitempty"`
	// Factor is the second factor; nil for none.
	Factor *Factor `json:"factor,omitempty"`
	// Failures counts wrong passwords since the last right one.
	Failures    int       `json:"failures,omitempty"`
	LockedUntil time.Time `json:"locked_until,omitzero"`
	CreatedAt   time.Time `json:"created_at"`
}

func (a *Account) staff(id string) identity.Staff {
	return identity.Staff{ID: id, Office: a.Office, Username: a.Username, Name: a.Name, Roles: a.Roles}
}

func (a *Account) administers() bool {
	return a.Active && identity.Staff{Roles: a.Roles}.Has(identity.Admin)
}

// Indexes of the accounts.
const (
	byUsername = "by_username"
	byOffice   = "by_office"
)

func accountSpec() docstore.Spec[Account] {
	return docstore.Spec[Account]{Name: "staff", Indexes: []docstore.Entry[Account]{
		{
			Index: docstore.Index{Name: byUsername, Unique: true, Fields: []docstore.Field{{Name: "username", Kind: docstore.String}}},
			Key:   func(a *Account) docstore.Key { return docstore.Key{a.Username} },
		},
		{
			Index: docstore.Index{Name: byOffice, Fields: []docstore.Field{
				{Name: "office", Kind: docstore.String}, {Name: "username", Kind: docstore.String},
			}},
			Key: func(a *Account) docstore.Key { return docstore.Key{a.Office, a.Username} },
		},
	}}
}

// freeFailures is how many wrong passwords have no consequence.
const freeFailures = 5

const (
	firstLock = 30 * time.Second
	longLock  = 15 * time.Minute
)

// lockAfter is how long nobody can sign in after this many wrong passwords in a
// row: it doubles with every one, up to a quarter of an hour.
func lockAfter(failures int) time.Duration {
	if failures < freeFailures {
		return 0
	}
	return min(firstLock<<min(failures-freeFailures, 10), longLock)
}
