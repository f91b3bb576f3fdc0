package mongostore

import (
	"context"
	"errors"
	"fmt"
	"io"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"zhiqing.dev/pkg/blobstore"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/wallclock"
)

// Blobs keeps blobs in a database, laid out as GridFS, so that MongoDB's own tools
// read and back them up. It implements blobstore.Store.
//
// The driver's own bucket collects 16 MB before it writes and takes any name twice;
// here a piece at a time is on its way, and a unique index on the name, which is
// <office>/<digest>, keeps a content once. The pieces are written first and the
// document that names them last: a blob is there as a whole or not at all.
type Blobs struct {
	store  *Store
	files  *mongo.Collection
	chunks *mongo.Collection
}

var _ blobstore.Store = (*Blobs)(nil)

const (
	blobBucket = "blobs"
	chunkSize  = 255 << 10 // GridFS's own default
	// readAhead is how many pieces one reply of the server brings.
	readAhead = 4
)

// blobFile is a document of <bucket>.files (GridFS specification).
type blobFile struct {
	ID         bson.ObjectID `bson:"_id"`
	Length     int64         `bson:"length"`
	ChunkSize  int32         `bson:"chunkSize"`
	UploadDate bson.DateTime `bson:"uploadDate"`
	Filename   string        `bson:"filename"`
	Metadata   blobMeta      `bson:"metadata"`
}

type blobMeta struct {
	Office string `bson:"office"`
	SHA256 string `bson:"sha256"`
}

type blobChunk struct {
	File bson.ObjectID `bson:"files_id"`
	N    int32         `bson:"n"`
	Data []byte        `bson:"data"`
}

// OpenBlobs connects as Open does and uses the bucket "blobs" of the database.
func OpenBlobs(ctx context.Context, uri, database string, opts ...Option) (*Blobs, error) {
	opened, err := Open(ctx, uri, database, opts...)
	if err != nil {
		return nil, err
	}
	s := opened.(*Store) //nolint:forcetypeassert // what Open makes
	b := &Blobs{store: s, files: s.db.Collection(blobBucket + ".files"), chunks: s.db.Collection(blobBucket + ".chunks")}
	if err := b.index(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open blobs in %s: %w", database, err), s.Close())
	}
	return b, nil
}

func (b *Blobs) index(ctx context.Context) error {
	_, err := b.files.Indexes().CreateOne(ctx, mongo.IndexModel{
		Keys: bson.D{{Key: "filename", Value: 1}}, Options: options.Index().SetUnique(true).SetName("filename_once"),
	})
	if err != nil {
		return writeError(ctx, err)
	}
	_, err = b.chunks.Indexes().CreateOne(ctx, mongo.IndexModel{
		Keys: bson.D{{Key: "files_id", Value: 1}, {Key: "n", Value: 1}}, Options: options.Index().SetUnique(true),
	})
	if err != nil {
		return writeError(ctx, err)
	}
	return nil
}

func blobName(office, id string) string { return office + "/" + id }

// Put implements blobstore.Store.
func (b *Blobs) Put(ctx context.Context, office string, r io.Reader) (blobstore.Blob, error) {
	if err := blobstore.CheckOffice(office); err != nil {
		return blobstore.Blob{}, err
	}
	file := bson.NewObjectID()
	blob, err := b.write(ctx, file, r)
	if err != nil {
		return blobstore.Blob{}, errors.Join(err, b.drop(ctx, file))
	}
	if err := b.name(ctx, office, file, blob); err != nil {
		return blobstore.Blob{}, err
	}
	return blob, nil
}

// write writes the pieces. Each is journaled before the next is read.
func (b *Blobs) write(ctx context.Context, file bson.ObjectID, r io.Reader) (blobstore.Blob, error) {
	meter := blobstore.NewMeter(r)
	piece := make([]byte, chunkSize)
	for n := int32(0); ; n++ {
		if err := ctx.Err(); err != nil {
			return blobstore.Blob{}, err
		}
		size, rerr := io.ReadFull(meter, piece)
		last := errors.Is(rerr, io.EOF) || errors.Is(rerr, io.ErrUnexpectedEOF)
		if rerr != nil && !last {
			return blobstore.Blob{}, rerr
		}
		if size > 0 {
			if _, err := b.chunks.InsertOne(ctx, blobChunk{File: file, N: n, Data: piece[:size]}); err != nil {
				return blobstore.Blob{}, unavailableBlob(writeError(ctx, err))
			}
		}
		if last {
			return meter.Blob(), nil
		}
	}
}

// name makes the content be there, unless it already is. When nobody knows whether
// the name was written, the pieces stay: they may belong to it.
func (b *Blobs) name(ctx context.Context, office string, file bson.ObjectID, blob blobstore.Blob) error {
	_, err := b.files.InsertOne(ctx, blobFile{
		ID: file, Length: blob.Size, ChunkSize: chunkSize, Filename: blobName(office, blob.ID),
		UploadDate: bson.NewDateTimeFromTime(wallclock.System{}.Now()), // part of the layout; nothing reads it
		Metadata:   blobMeta{Office: office, SHA256: blob.SHA256},
	})
	switch {
	case mongo.IsDuplicateKeyError(err):
		return b.drop(ctx, file)
	case err != nil:
		return unavailableBlob(writeError(ctx, err))
	}
	return nil
}

// drop takes pieces away that no name leads to.
func (b *Blobs) drop(ctx context.Context, file bson.ObjectID) error {
	ctx = context.WithoutCancel(ctx)
	if _, err := b.chunks.DeleteMany(ctx, bson.D{{Key: "files_id", Value: file}}); err != nil {
		return unavailableBlob(writeError(ctx, err))
	}
	return nil
}

// Open implements blobstore.Store.
func (b *Blobs) Open(ctx context.Context, office, id string) (io.ReadCloser, error) {
	if err := blobstore.CheckOffice(office); err != nil {
		return nil, err
	}
	if !blobstore.IsID(id) {
		return nil, blobstore.ErrNotFound
	}
	var f blobFile
	err := b.files.FindOne(ctx, bson.D{{Key: "filename", Value: blobName(office, id)}}).Decode(&f)
	switch {
	case errors.Is(err, mongo.ErrNoDocuments):
		return nil, blobstore.ErrNotFound
	case err != nil:
		return nil, unavailableBlob(readError(ctx, err))
	}
	cur, err := b.chunks.Find(ctx, bson.D{{Key: "files_id", Value: f.ID}},
		options.Find().SetSort(bson.D{{Key: "n", Value: 1}}).SetBatchSize(readAhead))
	if err != nil {
		return nil, unavailableBlob(readError(ctx, err))
	}
	return blobstore.Verify(&chunkReader{ctx: ctx, cursor: cur}, f.Metadata.SHA256), nil
}

// Close implements blobstore.Store.
func (b *Blobs) Close() error { return b.store.Close() }

func unavailableBlob(err error) error {
	if errors.Is(err, docstore.ErrUnavailable) {
		return fmt.Errorf("%w: %w", blobstore.ErrUnavailable, err)
	}
	return err
}

// chunkReader reads the pieces of one file in their order.
type chunkReader struct {
	ctx    context.Context //nolint:containedctx // a reader lives within one call
	cursor *mongo.Cursor
	next   int32
	rest   []byte
}

// Read implements io.Reader.
func (r *chunkReader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		if !r.cursor.Next(r.ctx) {
			if err := r.cursor.Err(); err != nil {
				return 0, unavailableBlob(readError(r.ctx, err))
			}
			return 0, io.EOF
		}
		var c blobChunk
		if err := r.cursor.Decode(&c); err != nil || c.N != r.next {
			return 0, errors.Join(blobstore.ErrDamaged, err)
		}
		r.next++
		r.rest = c.Data
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// Close implements io.Closer.
func (r *chunkReader) Close() error { return r.cursor.Close(context.WithoutCancel(r.ctx)) }
