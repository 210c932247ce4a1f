package redis

import (
	"context"
	"slices"
	"strings"
	"sync"

	goredis "github.com/redis/go-redis/v9"
)

// RunID names this run of the server, or of all masters of a cluster: another one means that it was started again since,
// and may have lost what was not on its disk. "" when the server does not say.
func (s *Store) RunID(ctx context.Context) (string, error) {
	cluster, isCluster := s.client.(*goredis.ClusterClient)
	if !isCluster {
		return runID(ctx, s.client)
	}
	var mu sync.Mutex
	var ids []string
	err := cluster.ForEachMaster(ctx, func(ctx context.Context, node *goredis.Client) error {
		id, err := runID(ctx, node)
		mu.Lock()
		defer mu.Unlock()
		ids = append(ids, id)
		return err
	})
	if err != nil || slices.Contains(ids, "") {
		return "", err
	}
	slices.Sort(ids)
	return strings.Join(ids, " "), nil
}

func runID(ctx context.Context, node goredis.Cmdable) (string, error) {
	said, err := node.Info(ctx, "server").Result()
	if err != nil {
		return "", down("ask Redis for its run id", err)
	}
	for line := range strings.Lines(said) {
		if id, ok := strings.CutPrefix(line, "run_id:"); ok {
			return strings.TrimSpace(id), nil
		}
	}
	return "", nil
}
