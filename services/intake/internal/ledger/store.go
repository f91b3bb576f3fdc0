package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/intake/internal/domain"
)

// stores are the collections of the ledger.
type stores struct {
	imports     *docstore.Repo[Import]
	pieces      *docstore.Repo[piece]
	rejected    *docstore.Repo[Rejected]
	proceedings *docstore.Repo[domain.ImportedProceeding]
}

// The indexes.
const (
	byOffice = "office"   // office, created
	byWork   = "work"     // created; open imports only
	byImport = "rejected" // import, kind, batch
)

func openStores(ctx context.Context, s docstore.Store, now func() time.Time, poke func()) (st stores, err error) {
	str := func(name string) docstore.Field { return docstore.Field{Name: name, Kind: docstore.String} }
	num := func(name string) docstore.Field { return docstore.Field{Name: name, Kind: docstore.Int} }
	created := func(m *Import) int64 { return m.CreatedAt.UnixMilli() }
	if st.imports, err = docstore.Open(ctx, s, now, docstore.Spec[Import]{
		Name: "imports",
		Indexes: []docstore.Entry[Import]{
			{
				Index: docstore.Index{Name: byOffice, Fields: []docstore.Field{str("office"), num("created")}},
				Key:   func(m *Import) docstore.Key { return docstore.Key{m.Office, created(m)} },
			},
			{
				Index: docstore.Index{Name: byWork, Fields: []docstore.Field{num("created")}},
				Key: func(m *Import) docstore.Key {
					if !m.Open() {
						return nil
					}
					return docstore.Key{created(m)}
				},
			},
		},
	}); err != nil {
		return st, err
	}
	if st.pieces, err = docstore.Open(ctx, s, now, docstore.Spec[piece]{Name: "import_pieces"}); err != nil {
		return st, err
	}
	if st.rejected, err = docstore.Open(ctx, s, now, docstore.Spec[Rejected]{
		Name: "import_rejected",
		Indexes: []docstore.Entry[Rejected]{{
			Index: docstore.Index{Name: byImport, Fields: []docstore.Field{str("import"), str("kind"), num("batch")}},
			Key:   func(r *Rejected) docstore.Key { return docstore.Key{r.Import, string(r.Kind), int64(r.Batch)} },
		}},
	}); err != nil {
		return st, err
	}
	st.proceedings, err = docstore.Open(ctx, s, now, docstore.Spec[domain.ImportedProceeding]{
		Name:     "imported_proceedings",
		Facts:    func(p *domain.ImportedProceeding) (string, any) { return p.Office, p.Facts() },
		Snapshot: contract.ImportedProceedingRestated,
		Outbox:   poke,
	})
	return st, err
}

// pieceSize is the size of the pieces in which a file is kept: small enough for a
// document of either engine.
const pieceSize = 512 << 10

// pieceReader reads a file from its pieces, one at a time.
type pieceReader struct {
	ctx    context.Context //nolint:containedctx // a reader lives within one call
	pieces *docstore.Repo[piece]
	ids    []string
	rest   []byte
}

func (r *pieceReader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		if len(r.ids) == 0 {
			return 0, io.EOF
		}
		doc, err := r.pieces.Get(r.ctx, r.ids[0])
		if err != nil {
			return 0, fmt.Errorf("piece of a file: %w", err)
		}
		r.rest, r.ids = doc.Value.Content, r.ids[1:]
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// keep stores a piece under an id made from its content, so that the same file is
// kept once however often it comes.
func (l *Ledgers) keep(ctx context.Context, office string, content []byte) (string, error) {
	id := l.Desk.Master.Digest("ledger-piece", office+"\x00"+string(content))
	_, _, err := l.pieces.Insert(ctx, id, &piece{Office: office, Content: content})
	if errors.Is(err, docstore.ErrExists) {
		err = nil
	}
	return id, err
}

// book opens the file of an import.
func (l *Ledgers) book(ctx context.Context, m *Import) (book, error) {
	if m.Format == CSV {
		return &csvBook{
			open:     func() io.Reader { return &pieceReader{ctx: ctx, pieces: l.pieces, ids: m.Pieces} },
			encoding: m.Encoding, separator: m.Separator[0],
		}, nil
	}
	content := make([]byte, 0, m.Size)
	for _, id := range m.Pieces {
		doc, err := l.pieces.Get(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("piece of a file: %w", err)
		}
		content = append(content, doc.Value.Content...)
	}
	return openXLSX(content)
}
