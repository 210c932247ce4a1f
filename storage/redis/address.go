package redis

import (
	"errors"
	"net/url"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// errAddress shows nothing of the address: it may hold a password.
var errAddress = errors.New("the address of Redis cannot be read: want redis://, rediss:// or unix://, or redis+cluster://host:port,host:port")

const (
	dialTimeout  = 2 * time.Second
	replyTimeout = 3 * time.Second
	maxRetries   = 2
	dialTries    = 2
	idleConns    = 2
)

func connect(address string) (goredis.UniversalClient, error) {
	if o, err := clusterOptions(address); o != nil || err != nil {
		if err != nil {
			return nil, err
		}
		return goredis.NewClusterClient(o), nil
	}
	o, err := goredis.ParseURL(address)
	if err != nil {
		return nil, errAddress
	}
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = dialTimeout, replyTimeout, replyTimeout
	o.MaxRetries, o.DialerRetries, o.MinIdleConns = maxRetries, dialTries, idleConns
	o.ContextTimeoutEnabled, o.DisableIdentity = true, true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return goredis.NewClient(o), nil
}

// clusterOptions returns nil when the address is that of a single server.
func clusterOptions(address string) (*goredis.ClusterOptions, error) {
	scheme, rest, found := strings.Cut(address, "://")
	if !found {
		scheme, rest = "redis", address
	}
	plain, cluster := strings.CutSuffix(scheme, "+cluster")
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	login, hosts := "", rest[:end]
	if at := strings.LastIndexByte(hosts, '@'); at >= 0 {
		login, hosts = hosts[:at+1], hosts[at+1:]
	}
	if plain == "unix" || (!cluster && !strings.Contains(hosts, ",")) {
		return nil, nil
	}
	nodes := strings.Split(hosts, ",")
	u, err := url.Parse(plain + "://" + login + nodes[0] + rest[end:])
	if err != nil {
		return nil, errAddress
	}
	query := u.Query()
	for _, node := range nodes[1:] {
		query.Add("addr", node)
	}
	u.RawQuery = query.Encode()
	o, err := goredis.ParseClusterURL(u.String())
	if err != nil {
		return nil, errAddress
	}
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = dialTimeout, replyTimeout, replyTimeout
	o.MaxRetries, o.DialerRetries, o.MinIdleConns = maxRetries, dialTries, idleConns
	o.ContextTimeoutEnabled, o.DisableIdentity = true, true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return o, nil
}
