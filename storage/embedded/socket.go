package embedded

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// socketMax is the longest path of a unix socket: sun_path is 108 bytes with its final zero (unix(7)).
const socketMax = 107

// longestSocket is the longest name the servers give a socket in their folder.
const longestSocket = ".s.PGSQL.5432"

// SocketDir returns a folder for the sockets of the servers in dir, open to their user alone: dir/run, or, when that
// path is too long for a socket, a short one below the temporary folder whose name follows from dir.
func SocketDir(dir string, u User) (string, error) {
	run := filepath.Join(dir, "run")
	if fits(run) {
		return run, u.Folder(run)
	}
	sum := sha256.Sum256([]byte(dir))
	for _, temp := range []string{os.TempDir(), "/tmp"} {
		short := filepath.Join(temp, "titian-"+hex.EncodeToString(sum[:6]))
		if !fits(short) || u.other && u.reaches(temp) != nil {
			continue
		}
		return short, u.claim(short)
	}
	return "", fmt.Errorf("the path %s is too long for a unix socket (%d bytes): set TITIAN_DATA to a shorter one", run, socketMax)
}

func fits(folder string) bool { return len(folder)+1+len(longestSocket) <= socketMax }

// claim is Folder in a place where anybody may have been before: what is there must be the user's own folder already.
func (u User) claim(dir string) error {
	if err := os.Mkdir(dir, 0o700); err == nil {
		return u.Folder(dir)
	}
	about, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("make the folder of the sockets: %w", err)
	}
	owner := int(about.Sys().(*syscall.Stat_t).Uid)
	if !about.IsDir() || owner != os.Geteuid() && owner != u.uid {
		return fmt.Errorf("%s, meant for the sockets, belongs to somebody else: remove it", dir)
	}
	return u.Folder(dir)
}
