package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"titian/storage/bucket"
	"titian/storage/keys"
	"titian/storage/vault"
)

// storeSettings say who asks an S3-compatible store, and where it is; their names are the field's.
type storeSettings struct {
	KeyID      Secret `name:"aws-access-key-id" env:"AWS_ACCESS_KEY_ID" placeholder:"ID" help:"Who asks the store of s3:// addresses."`
	KeyIDFile  string `name:"aws-access-key-id-file" env:"AWS_ACCESS_KEY_ID_FILE" placeholder:"FILE" help:"A file that holds it."`
	Secret     Secret `name:"aws-secret-access-key" env:"AWS_SECRET_ACCESS_KEY" placeholder:"SECRET" help:"What that key proves itself with."`
	SecretFile string `name:"aws-secret-access-key-file" env:"AWS_SECRET_ACCESS_KEY_FILE" placeholder:"FILE" help:"A file that holds it."`
	Region     string `name:"aws-region" env:"AWS_REGION" default:"us-east-1" placeholder:"REGION" help:"Where the store is (${default})."`
	Endpoint   string `name:"aws-endpoint-url-s3" env:"AWS_ENDPOINT_URL_S3" placeholder:"URL" help:"A store other than Amazon's, e.g. https://minio.example.go.id:9000."`
}

// inStore says whether something is kept in a store and not in a folder.
func inStore(place string) bool { return strings.Contains(place, "://") }

// checkStore looks at every s3:// address without asking anybody. An address may hold what nobody should read, so none is repeated.
func (s *settings) checkStore() error {
	for _, each := range []struct{ variable, address string }{{"TITIAN_BUCKET", s.Bucket}, {"TITIAN_BACKUP", s.Backup}} {
		if each.variable == "TITIAN_BACKUP" && !inStore(each.address) || each.address == "" {
			continue
		}
		if _, err := s.bucket(each.variable, each.address); err != nil {
			return err
		}
	}
	return nil
}

// bucket is what an address names; its errors are Complaints, and nobody is asked yet.
func (s *settings) bucket(variable, address string) (*bucket.Bucket, error) {
	b, err := bucket.Open(bucket.Options{URL: address, Endpoint: s.Store.Endpoint, Region: s.Store.Region,
		KeyID: s.Store.KeyID.Reveal(), Secret: s.Store.Secret.Reveal()})
	switch {
	case errors.Is(err, bucket.ErrAddress):
		return nil, complain("%s cannot be used: %v", variable, err)
	case err != nil:
		return nil, complain("AWS_ENDPOINT_URL_S3 cannot be used: %v", err)
	case s.Store.KeyID == "" || s.Store.Secret == "":
		return nil, complain("%s is the address of a store, and AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are wanted with it (or each with _FILE)", variable)
	}
	return b, nil
}

// vaultBucket is where files lie when TITIAN_BUCKET is set.
func (s *settings) vaultBucket() (*bucket.Bucket, error) {
	b, err := s.bucket("TITIAN_BUCKET", s.Bucket)
	if err != nil {
		return nil, err
	}
	return b.Under("vault"), nil
}

// openVault opens where files are kept: the bucket, or the data folder.
func (s *settings) openVault(k *keys.Keyset) (*vault.Vault, error) {
	if s.Bucket == "" {
		return vault.Open(s.in("vault"), k)
	}
	b, err := s.vaultBucket()
	if err != nil {
		return nil, err
	}
	return vault.On(b, k), nil
}

// tryVault says at the start what an operator must mend about the bucket. One that is merely away is waited for: people
// go on writing, and only their files wait.
func (s *settings) tryVault(ctx context.Context, log *slog.Logger) error {
	if s.Bucket == "" {
		return nil
	}
	b, err := s.vaultBucket()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	step, err := b.Check(ctx)
	if refused, ok := errors.AsType[*bucket.Refused](err); ok {
		return complain("TITIAN_BUCKET cannot be used: the store says %s when asked for %s; `titian doctor` says more", refused.Code, step)
	}
	if err != nil {
		log.Warn("the bucket does not answer: files wait until it does", "error", err)
	}
	return nil
}

// space is the room for what Titian writes here: also with a bucket for files, Postgres may stand on this disk.
func (s *settings) space() (vault.Space, error) { return vault.SpaceAt(s.Data) }
