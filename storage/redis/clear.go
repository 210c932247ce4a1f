package redis

import (
	"context"
	"fmt"

	goredis "github.com/redis/go-redis/v9"
)

// scanCount is how many keys Redis looks at in one step, so that others are served in between.
const scanCount = 1000

// Clear deletes every key of Titian and leaves all others. Nothing may write conversations meanwhile.
func (s *Store) Clear(ctx context.Context) error {
	cluster, isCluster := s.client.(*goredis.ClusterClient)
	if !isCluster {
		return s.clear(ctx, s.client)
	}
	return cluster.ForEachMaster(ctx, func(ctx context.Context, node *goredis.Client) error { return s.clear(ctx, node) })
}

func (s *Store) clear(ctx context.Context, node goredis.Cmdable) error {
	for _, pattern := range []string{everything, "rate:" + limitPrefix + "*"} {
		if err := s.clearMatching(ctx, node, pattern); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) clearMatching(ctx context.Context, node goredis.Cmdable, pattern string) error {
	var cursor uint64
	for {
		keys, next, err := node.Scan(ctx, cursor, pattern, scanCount).Result()
		if err != nil {
			return down("look for the keys of Titian", err)
		}
		if err := s.unlink(ctx, keys); err != nil {
			return err
		}
		if next == 0 {
			return nil
		}
		cursor = next
	}
}

// unlink deletes key by key: they are of many shards.
func (s *Store) unlink(ctx context.Context, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	pipe := s.client.Pipeline()
	for _, key := range keys {
		pipe.Unlink(ctx, key)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return down(fmt.Sprintf("delete %d keys", len(keys)), err)
	}
	return nil
}
