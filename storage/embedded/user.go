package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// User is who the servers run as. Postgres refuses root, so for root it is somebody else. Prepare chooses it.
type User struct {
	Name  string
	uid   int
	gid   int
	other bool // not who this process runs as
}

// Prepare makes dir when it is missing, chooses who the servers below it run as, and lets that user in: root's own
// folder becomes group-searchable (0710) for them, never readable. *Unreachable when a folder above keeps them out.
func Prepare(dir string) (User, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return User{}, fmt.Errorf("make the data folder: %w", err)
	}
	u, err := serverUser(dir)
	if err != nil || !u.other {
		return u, err
	}
	if err := u.admit(dir); err != nil {
		return User{}, err
	}
	return u, u.reaches(dir)
}

// serverUser is this process's own user; for root the folder's owner, else the first there is of postgres, redis and nobody.
// A bare number will not do: Postgres asks for its own name.
func serverUser(dir string) (User, error) {
	if os.Geteuid() != 0 {
		return User{uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	if owner := ownerOf(dir); owner > 0 {
		if found, err := user.LookupId(strconv.Itoa(owner)); err == nil {
			return otherUser(found)
		}
	}
	for _, name := range []string{"postgres", "redis", "nobody"} {
		if found, err := user.Lookup(name); err == nil {
			return otherUser(found)
		}
	}
	return User{}, fmt.Errorf("the servers do not run as root, and this machine has no user postgres, redis or nobody: run titian as an ordinary user")
}

func otherUser(u *user.User) (User, error) {
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return User{}, fmt.Errorf("user %s: %w", u.Username, err)
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return User{}, fmt.Errorf("user %s: %w", u.Username, err)
	}
	return User{Name: u.Username, uid: uid, gid: gid, other: true}, nil
}

// ownerOf is -1 when dir cannot be looked at.
func ownerOf(dir string) int {
	about, err := os.Lstat(dir)
	if err != nil {
		return -1
	}
	return int(about.Sys().(*syscall.Stat_t).Uid)
}

// Folder makes dir if missing, owned by the user with all that is in it, and closed to everybody else.
func (u User) Folder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if u.other && ownerOf(dir) != u.uid {
		err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			return errors.Join(err, os.Lchown(path, u.uid, u.gid))
		})
		if err != nil {
			return err
		}
	}
	return os.Chmod(dir, 0o700)
}

func (u User) credential() *syscall.Credential {
	if !u.other {
		return nil
	}
	return &syscall.Credential{Uid: uint32(u.uid), Gid: uint32(u.gid)}
}

// admit opens dir for passing through: to the user's group when nobody else had a right there, else to all.
func (u User) admit(dir string) error {
	about, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if u.enters(dir) || ownerOf(dir) != os.Geteuid() {
		return nil
	}
	mode := about.Mode().Perm() | 0o001
	if about.Mode().Perm()&0o077 == 0 {
		mode = about.Mode().Perm() | 0o010
		if err := os.Chown(dir, -1, u.gid); err != nil {
			return err
		}
	}
	return os.Chmod(dir, mode)
}

// reaches names the first folder on the way to dir that the user cannot enter.
func (u User) reaches(dir string) error {
	if u.enters(dir) {
		return nil
	}
	if !u.enters("/") {
		return fmt.Errorf("the servers do not run as root, and root may not start a program as user %s here: run titian as an ordinary user", u.Name)
	}
	folder := "/"
	for _, name := range strings.Split(strings.Trim(filepath.Clean(dir), "/"), "/") {
		if folder = filepath.Join(folder, name); !u.enters(folder) {
			return &Unreachable{Folder: folder, User: u.Name}
		}
	}
	return nil
}

// enters tries it, which counts groups and access lists too.
func (u User) enters(dir string) bool {
	cmd := exec.Command("/bin/true")
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: u.credential()}
	return cmd.Run() == nil
}
