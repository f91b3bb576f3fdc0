package sqlitestore

import (
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"

	"zhiqing.dev/pkg/docstore"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// row is a document as its table holds it. SQLite's pages have no checksum, so
// every row carries one over all its columns.
type row struct {
	id      string
	rev     int64
	applied string // JSON array of Once keys, oldest first
	keys    string // JSON object: index name to Key
	body    []byte
}

const rowColumns = "id, rev, crc32c, applied, keys, body"

func (r *row) sum() int64 {
	rev := binary.BigEndian.AppendUint64(nil, uint64(r.rev)) //nolint:gosec // the same bits
	return sum([]byte(r.id), rev, []byte(r.applied), []byte(r.keys), r.body)
}

// sum is the CRC-32C of the parts and of where they end.
func sum(parts ...[]byte) int64 {
	c := uint32(0)
	for _, p := range parts {
		c = crc32.Update(c, castagnoli, binary.BigEndian.AppendUint64(nil, uint64(len(p))))
		c = crc32.Update(c, castagnoli, p)
	}
	return int64(c)
}

// scan reads rowColumns, after whatever columns stand before them.
func (r *row) scan(scan func(...any) error, before ...any) error {
	var crc int64
	if err := scan(append(before, &r.id, &r.rev, &crc, &r.applied, &r.keys, &r.body)...); err != nil {
		return err
	}
	if crc != r.sum() {
		return fmt.Errorf("%s: %w", r.id, docstore.ErrDamaged)
	}
	return nil
}

func (r *row) record() (docstore.Record, error) {
	rec := docstore.Record{ID: r.id, Rev: r.rev, Body: r.body}
	if err := json.Unmarshal([]byte(r.applied), &rec.Applied); err != nil {
		return docstore.Record{}, fmt.Errorf("%s: %w: %w", r.id, docstore.ErrDamaged, err)
	}
	return rec, nil
}

// apply adds a Once key and forgets the oldest beyond what a document remembers.
func (r *row) apply(once string) error {
	if once == "" {
		return nil
	}
	var marks []string
	if err := json.Unmarshal([]byte(r.applied), &marks); err != nil {
		return err
	}
	marks = append(marks, once)
	if len(marks) > docstore.AppliedKept {
		marks = marks[len(marks)-docstore.AppliedKept:]
	}
	text, err := json.Marshal(marks)
	r.applied = string(text)
	return err
}

// encodeKeys is the text in which a document remembers its index entries, so that
// the next write can take them out again without searching.
func encodeKeys(keys map[string]docstore.Key) (string, error) {
	set := make(map[string]docstore.Key, len(keys))
	for name, k := range keys {
		if k != nil {
			set[name] = k
		}
	}
	text, err := json.Marshal(set) // sorts by name: equal keys are equal texts
	return string(text), err
}

// load reads one document in the writer's transaction.
func (n names) load(t *tx, id string) (row, error) {
	var r row
	st, err := t.stmt(`SELECT ` + rowColumns + ` FROM ` + n.docs() + ` WHERE id=?`) //nolint:sqlclosecheck // kept for the next write
	if err != nil {
		return row{}, err
	}
	err = r.scan(st.QueryRowContext(context.Background(), id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return row{}, docstore.ErrNotFound
	}
	return r, err
}

func (n names) insert(t *tx, r *row) error {
	err := t.exec(`INSERT INTO `+n.docs()+` (`+rowColumns+`) VALUES (?,?,?,?,?,?)`,
		r.id, r.rev, r.sum(), r.applied, r.keys, r.body)
	if taken(err) {
		return docstore.ErrExists
	}
	return err
}

func (n names) update(t *tx, r *row) error {
	return t.exec(`UPDATE `+n.docs()+` SET rev=?, crc32c=?, applied=?, keys=?, body=? WHERE id=?`,
		r.rev, r.sum(), r.applied, r.keys, r.body, r.id)
}
