package mongostore

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"zhiqing.dev/pkg/docstore"
)

// ReplaceMany implements docstore.Collection. The server says how many documents
// stood at their revisions, not which.
func (c *collection) ReplaceMany(ctx context.Context, swaps []docstore.Swap) error {
	if len(swaps) == 0 {
		return nil
	}
	updates := make([]mongo.WriteModel, len(swaps))
	for i, s := range swaps {
		update, err := c.replacement(s.Write)
		if err != nil {
			return err
		}
		updates[i] = mongo.NewUpdateOneModel().SetFilter(atRevision(s.ID, s.IfRev)).SetUpdate(update)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	res, err := c.coll.BulkWrite(ctx, updates, options.BulkWrite().SetOrdered(false))
	if err != nil {
		return bulkError(ctx, err)
	}
	if res.MatchedCount != int64(len(swaps)) {
		return docstore.ErrConflict
	}
	return nil
}
