// Package audit keeps the record of who did or saw what: append-only chains of
// entries, one for each office in each service, that show every later change.
//
// The design is decision 0008. Entries hold ids, routes and outcomes and no personal
// data: neither names nor bodies nor queries.
package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"time"

	"github.com/emmansun/gmsm/sm3"
)

// Phase says which side of a request an entry tells of.
type Phase string

// The phases.
const (
	Began  Phase = "began"  // a command was taken; on disk before its answer
	Ended  Phase = "ended"  // and this came of it
	Viewed Phase = "viewed" // something was looked at, or a look was refused
)

// Kind says who acted.
type Kind string

// The kinds of actors.
const (
	Staff     Kind = "staff"
	Applicant Kind = "applicant" // with a query code, right or wrong
	Anyone    Kind = "anyone"
)

// Installation is the chain of what belongs to no office, or to none that is known
// yet: sign-ins with an unknown name, applications that are being filed.
const Installation = "_"

// Entry is one line of the record.
type Entry struct {
	N       int64    `json:"n"`  // from 1, without gaps, in its chain
	At      string   `json:"at"` // RFC 3339, UTC, milliseconds
	Phase   Phase    `json:"phase"`
	Request string   `json:"request"` // ties began and ended together
	Kind    Kind     `json:"kind"`
	Actor   string   `json:"actor,omitempty"` // staff id
	Roles   []string `json:"roles,omitempty"`
	Method  string   `json:"method"`
	Route   string   `json:"route"`             // the template, never the address
	Subject []string `json:"subject,omitempty"` // ids in the address, or made by the command
	Purpose string   `json:"purpose,omitempty"` // the right under which it was done
	Status  int      `json:"status,omitempty"`  // of the answer; absent while a command runs
	From    string   `json:"from,omitempty"`    // the client's address
	Hash    string   `json:"hash"`              // over the hash before it and this entry
}

// timeLayout is that of Entry.At.
const timeLayout = "2006-01-02T15:04:05.000Z"

// Algorithm names a hash function.
type Algorithm string

// The algorithms.
const (
	SHA256 Algorithm = "sha256"
	SM3    Algorithm = "sm3" // GB/T 32905
)

// ParseAlgorithm reads the name of a hash function; empty is SHA256.
func ParseAlgorithm(s string) (Algorithm, error) {
	switch a := Algorithm(s); a {
	case "":
		return SHA256, nil
	case SHA256, SM3:
		return a, nil
	}
	return "", fmt.Errorf("%q is no hash of the audit trail: sha256 or sm3", s)
}

func (a Algorithm) new() (hash.Hash, error) {
	switch a {
	case SHA256:
		return sha256.New(), nil
	case SM3:
		return sm3.New(), nil
	}
	return nil, fmt.Errorf("unknown hash %q", a)
}

// chained is the hash of an entry behind the one before it.
func (e Entry) chained(a Algorithm, before string) (string, error) {
	h, err := a.new()
	if err != nil {
		return "", err
	}
	e.Hash = ""
	body, err := json.Marshal(e)
	if err != nil {
		return "", fmt.Errorf("encode audit entry: %w", err)
	}
	for _, part := range [][]byte{[]byte("zhiqing/audit/1\n"), []byte(before), {'\n'}, body} {
		if _, err := h.Write(part); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Block is a run of entries that were written together. Its id is its office and
// its number in the chain.
type Block struct {
	Office  string    `json:"office"`
	Seq     int64     `json:"seq"` // from 1, without gaps
	Alg     Algorithm `json:"alg"`
	Prev    string    `json:"prev"` // hash of the entry before the first; empty at the start
	Entries []Entry   `json:"entries"`
}

func blockID(office string, seq int64) string { return fmt.Sprintf("%s:%012d", office, seq) }

// last is the newest entry.
func (b *Block) last() Entry { return b.Entries[len(b.Entries)-1] }

// at is when the newest entry was made, in milliseconds.
func (b *Block) at() int64 {
	t, err := time.Parse(timeLayout, b.last().At)
	if err != nil {
		return 0
	}
	return t.UnixMilli()
}

// distinct collects values of the entries, each once.
func (b *Block) distinct(of func(Entry) []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, e := range b.Entries {
		for _, v := range of(e) {
			if v != "" && !seen[v] {
				seen[v] = true
				out = append(out, v)
			}
		}
	}
	return out
}

// head is the end of a chain, onto which the next block is put.
type head struct {
	seq, n int64
	hash   string
}

// chain numbers and hashes entries behind the head.
func (h head) chain(office string, alg Algorithm, entries []Entry) (*Block, head, error) {
	b := &Block{Office: office, Seq: h.seq + 1, Alg: alg, Prev: h.hash, Entries: make([]Entry, len(entries))}
	next := head{seq: b.Seq, n: h.n, hash: h.hash}
	for i, e := range entries {
		next.n++
		e.N = next.n
		sum, err := e.chained(alg, next.hash)
		if err != nil {
			return nil, h, err
		}
		e.Hash, next.hash = sum, sum
		b.Entries[i] = e
	}
	return b, next, nil
}
