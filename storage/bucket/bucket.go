// Package bucket keeps named files in an S3-compatible store: sealed files of people, and backups.
//
// It knows neither what is in a file nor who needs it. A file stands whole under its name or is not there, whenever the
// process dies or the line breaks. A store that hangs, is away or refuses is storage.ErrDown: nobody who writes to the
// bot is to blame for it. It never makes or removes a bucket.
package bucket

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// ErrAddress: not the address of a bucket.
var ErrAddress = errors.New("it must be s3://NAME or s3://NAME/FOLDER")

// Options say which bucket, and who asks.
type Options struct {
	URL      string // s3://NAME or s3://NAME/FOLDER
	Endpoint string // https://HOST[:PORT] of the store; "": Amazon's of the region
	Region   string // "": us-east-1
	KeyID    string
	Secret   string
	Patience time.Duration // how long a request may go without a byte moving; 0: 15 s
}

// Bucket is a folder of a bucket. It is safe for concurrent use.
type Bucket struct {
	api      minio.Core
	name     string
	folder   string // "" or ending in /
	patience time.Duration
}

const (
	defaultRegion   = "us-east-1"
	defaultPatience = 15 * time.Second
	tries           = 3 // of a request that failed on the way
)

var (
	goodName   = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	goodFolder = regexp.MustCompile(`^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$`)
)

// Parse reads s3://NAME[/FOLDER]. ErrAddress.
func Parse(address string) (name, folder string, err error) {
	rest, ok := strings.CutPrefix(address, "s3://")
	name, folder, _ = strings.Cut(strings.TrimSuffix(rest, "/"), "/")
	if !ok || !goodName.MatchString(name) || folder != "" && (!goodFolder.MatchString(folder) || strings.Contains("/"+folder+"/", "/../")) {
		return "", "", ErrAddress
	}
	return name, folder, nil
}

// Open asks nobody yet; Check does. ErrAddress, or what is wrong with the endpoint.
func Open(o Options) (*Bucket, error) {
	name, folder, err := Parse(o.URL)
	if err != nil {
		return nil, err
	}
	b := &Bucket{name: name, patience: o.Patience}
	if folder != "" {
		b.folder = folder + "/"
	}
	if b.patience == 0 {
		b.patience = defaultPatience
	}
	region := o.Region
	if region == "" {
		region = defaultRegion
	}
	host, secure, err := readEndpoint(o.Endpoint, region)
	if err != nil {
		return nil, err
	}
	api, err := minio.NewCore(host, &minio.Options{
		Creds: credentials.NewStaticV4(o.KeyID, o.Secret, ""), Secure: secure, Region: region,
		Transport: transport(b.patience), MaxRetries: tries,
	})
	if err != nil {
		return nil, fmt.Errorf("use the endpoint of the bucket: %w", err)
	}
	b.api = *api
	return b, nil
}

func readEndpoint(endpoint, region string) (host string, secure bool, err error) {
	if endpoint == "" {
		return "s3." + region + ".amazonaws.com", true, nil
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.Trim(u.Path, "/") != "" || u.User != nil || u.RawQuery != "" {
		return "", false, errors.New("an endpoint is https://HOST or https://HOST:PORT, and nothing more")
	}
	return u.Host, u.Scheme == "https", nil
}

// Under is a folder within this one.
func (b *Bucket) Under(folder string) *Bucket {
	under := *b
	under.folder += folder + "/"
	return &under
}

// String is the address, as Options has it.
func (b *Bucket) String() string { return strings.TrimSuffix("s3://"+b.name+"/"+b.folder, "/") }

// Name is the bucket's, without a folder.
func (b *Bucket) Name() string { return b.name }

// Endpoint is the address that answers for it.
func (b *Bucket) Endpoint() string { return b.api.EndpointURL().String() }

// transport ends a connection on which nothing moves, whoever waits: for a body sent, an answer, or a body received.
func transport(patience time.Duration) http.RoundTripper {
	dialer := &net.Dialer{Timeout: patience, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &impatient{c, patience}, nil
		},
		TLSHandshakeTimeout: patience, IdleConnTimeout: time.Minute,
		MaxIdleConnsPerHost: 16, DisableCompression: true,
	}
}

// impatient is a connection whose reads and writes each have to move within patience.
type impatient struct {
	net.Conn
	patience time.Duration
}

func (c *impatient) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.patience)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

// Write also gives the answer its time anew: a pool reads from a connection long before it asks something on it.
func (c *impatient) Write(p []byte) (int, error) {
	if err := c.SetDeadline(time.Now().Add(c.patience)); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}
