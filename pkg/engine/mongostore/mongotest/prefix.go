package mongotest

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// Prefix is the address of a server and a prefix of database names that belong to
// this test alone, for processes that open several databases. All of them are
// dropped after it.
func Prefix(t testing.TB) (url, prefix string) {
	t.Helper()
	url, prefix = URL(t), "test_"+strings.ToLower(rand.Text()[:12])
	t.Cleanup(func() {
		ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
		defer stop()
		if err := dropAll(ctx, url, prefix); err != nil {
			t.Errorf("drop databases %s*: %v", prefix, err)
		}
	})
	return url, prefix
}

func dropAll(ctx context.Context, url, prefix string) (err error) {
	client, err := mongo.Connect(options.Client().ApplyURI(url))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, client.Disconnect(ctx)) }()
	names, err := client.ListDatabaseNames(ctx, bson.D{})
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasPrefix(name, prefix) {
			if err := client.Database(name).Drop(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}
