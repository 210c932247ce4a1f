package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"titian/bot/telegram/telegramtest"
	"titian/storage/keys"
	"titian/storage/storagetest"
)

// inBucket are the variables that keep files in a store.
func inBucket(s *storagetest.Store) []string { return append(s.Env(), "TITIAN_BUCKET="+s.URL) }

// storedIn are the settings that keep files in a store.
func storedIn(s *storagetest.Store) *settings {
	return &settings{Bucket: s.URL, Store: storeSettings{KeyID: Secret(s.KeyID), Secret: Secret(s.Secret), Region: s.Region, Endpoint: s.Endpoint}}
}

// opensFromBucket wants so many files in the bucket, each of which opens with the place's keyset, and none on the disk.
func (p *place) opensFromBucket(s *storagetest.Store, n int) {
	p.Helper()
	k, err := keys.LoadFile(filepath.Join(p.data, "keyset.json"))
	if err != nil {
		p.Fatal(err)
	}
	v, err := storedIn(s).openVault(k)
	if err != nil {
		p.Fatal(err)
	}
	p.opensEach(v, n)
	if _, err := os.Stat(filepath.Join(p.data, "vault")); !os.IsNotExist(err) {
		p.Errorf("there is a vault on the disk too: %v", err)
	}
}

func TestPhotosGoIntoTheBucketAndAreWaitedForWhileItIsAway(t *testing.T) {
	t.Parallel()
	api, s := botAPI(t, telegramtest.Options{}), storagetest.S3(t)
	p := elsewhere(t, append(onTelegram(api), inBucket(s)...)...)
	l := p.serves()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	o := newOwner(api, 1)
	if err := o.registers(ctx, withPhoto(t)); err != nil {
		t.Fatal(err)
	}
	l.stops()
	p.opensFromBucket(s, 1)
	for _, key := range s.Keys(t) {
		if !strings.HasPrefix(key, "vault/") {
			t.Errorf("it wrote %s", key)
		}
	}
	p.env = append(p.env, "AWS_SECRET_ACCESS_KEY=wrong")
	p.refuses("the store says SignatureDoesNotMatch when asked for s3:ListBucket", "serve", "--addr", address())
	p.env = append(p.env, "AWS_ENDPOINT_URL_S3=http://127.0.0.1:1")
	p.serves().stops() // it is away, and Titian serves
}
