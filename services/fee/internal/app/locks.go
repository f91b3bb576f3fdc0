package app

import (
	"hash/maphash"
	"sync"
)

// locks let the writers of one process queue up for a document instead of meeting in
// it. What is right does not rest on them: other processes write too.
type locks struct {
	seed maphash.Seed
	all  [256]sync.Mutex
}

func newLocks() *locks { return &locks{seed: maphash.MakeSeed()} }

// hold waits for the document's turn and returns what ends it.
func (l *locks) hold(id string) (release func()) {
	m := &l.all[maphash.String(l.seed, id)%uint64(len(l.all))]
	m.Lock()
	return m.Unlock
}
