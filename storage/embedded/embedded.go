// Package embedded gives a machine where no servers are configured a private Postgres and a private Redis, made from the
// machine's own programs and kept in the data folder. It imports nothing of Titian, opens no SQL connection, listens to no
// network but, for miniredis, the loopback, and never starts a server as root. Linux only: servers die with their owner
// by the kernel's parent-death signal.
package embedded
