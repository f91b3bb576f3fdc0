package mongostore_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"zhiqing.dev/pkg/blobstore"
	"zhiqing.dev/pkg/blobstore/blobstoretest"
	"zhiqing.dev/pkg/engine/mongostore"
	"zhiqing.dev/pkg/engine/mongostore/mongotest"
)

// bucket is a database with a client that looks at it from outside.
func bucket(t *testing.T) (url, name string, db *mongo.Database) {
	t.Helper()
	url, name = mongotest.Database(t)
	client, err := mongo.Connect(options.Client().ApplyURI(url))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Disconnect(context.Background())) })
	return url, name, client.Database(name)
}

func TestBlobs(t *testing.T) {
	t.Parallel()
	blobstoretest.Run(t, func(t *testing.T) blobstoretest.Harness {
		url, name, db := bucket(t)
		return blobstoretest.Harness{
			Open: func(ctx context.Context) (blobstore.Store, error) { return mongostore.OpenBlobs(ctx, url, name) },
			Damage: func(t *testing.T, office, id string, cut bool) {
				t.Helper()
				var f struct {
					ID bson.ObjectID `bson:"_id"`
				}
				require.NoError(t, db.Collection("blobs.files").FindOne(t.Context(), bson.D{{Key: "filename", Value: office + "/" + id}}).Decode(&f))
				second := bson.D{{Key: "files_id", Value: f.ID}, {Key: "n", Value: 1}}
				if cut {
					_, err := db.Collection("blobs.chunks").DeleteOne(t.Context(), second)
					require.NoError(t, err)
					return
				}
				_, err := db.Collection("blobs.chunks").UpdateOne(t.Context(), second,
					bson.D{{Key: "$set", Value: bson.D{{Key: "data", Value: []byte("other")}}}})
				require.NoError(t, err)
			},
			Kept: func(t *testing.T) (whole, unfinished int) {
				t.Helper()
				cur, err := db.Collection("blobs.files").Find(t.Context(), bson.D{})
				require.NoError(t, err)
				var files []struct {
					ID bson.ObjectID `bson:"_id"`
				}
				require.NoError(t, cur.All(t.Context(), &files))
				named := bson.A{}
				for _, f := range files {
					named = append(named, f.ID)
				}
				stray, err := db.Collection("blobs.chunks").CountDocuments(t.Context(),
					bson.D{{Key: "files_id", Value: bson.D{{Key: "$nin", Value: named}}}})
				require.NoError(t, err)
				return len(files), int(stray)
			},
		}
	})
}

// MongoDB's own tools read what was put.
func TestBlobs_areGridFS(t *testing.T) {
	t.Parallel()
	url, name, db := bucket(t)
	s, err := mongostore.OpenBlobs(t.Context(), url, name)
	require.NoError(t, err)
	defer s.Close() //nolint:errcheck // read only from here
	want := strings.Repeat("身份证明", 100_000)
	b, err := s.Put(t.Context(), "xujing", strings.NewReader(want))
	require.NoError(t, err)
	r, err := db.GridFSBucket(options.GridFSBucket().SetName("blobs")).OpenDownloadStreamByName(t.Context(), "xujing/"+b.SHA256)
	require.NoError(t, err)
	got, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Equal(t, want, string(got))
}
