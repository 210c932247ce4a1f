package door

import (
	"context"

	"titian/flows/flow"
)

func (d *Door) paper(ctx context.Context, want flow.Wanted, data []byte) ([]byte, flow.FileAnswer, error) {
	return nil, flow.FileAnswer{}, refused("photo_only")
}
