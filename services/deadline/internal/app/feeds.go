package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/deadline/internal/domain"
)

// NewFeed makes a subscription and returns its key, which is shown this once. The
// same command makes the same key again.
func (a *App) NewFeed(ctx context.Context, command string, f domain.Feed) (key string, doc docstore.Doc[domain.Feed], err error) {
	key = a.master.Digest("deadline-feed", command)
	f.CreatedAt = a.clock.Now()
	doc, _, err = a.store.Feeds.Insert(ctx, feedID(key), &f, docstore.Once(command))
	if err != nil {
		return "", doc, fmt.Errorf("make a feed: %w", err)
	}
	return key, doc, nil
}

// FeedOf finds the subscription of a key. docstore.ErrNotFound, also when it was revoked.
func (a *App) FeedOf(ctx context.Context, key string) (*domain.Feed, error) {
	doc, err := a.store.Feeds.Get(ctx, feedID(key))
	if err == nil && !doc.Value.RevokedAt.IsZero() {
		err = fmt.Errorf("feed: %w", docstore.ErrNotFound)
	}
	return doc.Value, err
}

// RevokeFeeds ends every subscription that a staff member has made.
func (a *App) RevokeFeeds(ctx context.Context, office, owner string) (int, error) {
	n, now := 0, a.clock.Now()
	for after := ""; ; {
		docs, next, err := a.store.Feeds.Find(ctx, feedsOf(office, owner, after))
		if err != nil {
			return n, err
		}
		for _, d := range docs {
			if !d.Value.RevokedAt.IsZero() {
				continue
			}
			if _, err := a.store.Feeds.Update(ctx, d.ID, func(f *domain.Feed) error { f.RevokedAt = now; return nil }); err != nil {
				return n, err
			}
			n++
		}
		if next == "" {
			return n, nil
		}
		after = next
	}
}

// feedID is what is kept of a key.
func feedID(key string) string {
	sum := sha256.Sum256([]byte("feed\x00" + key))
	return hex.EncodeToString(sum[:16])
}
