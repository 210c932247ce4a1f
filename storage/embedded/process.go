package embedded

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// process is a server this one owns: when this one dies, however it dies, the kernel sends it onDeath (Linux only).
type process struct {
	cmd    *exec.Cmd
	done   chan struct{} // closed when it has ended and was waited for
	reason error         // why it ended; read it after done
}

// launch says how a process starts. It inherits the lock, which stays taken until the last of its children ends.
type launch struct {
	argv    []string
	dir     string
	user    User
	onDeath syscall.Signal
	lock    *os.File
	log     io.Writer
	input   string
}

// start runs it in its own process group with an environment of four variables, so no secret of ours leaks into it.
func (l launch) start() (*process, error) {
	cmd := exec.Command(l.argv[0], l.argv[1:]...)
	cmd.Dir = l.dir
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC", "HOME=" + l.dir}
	cmd.Stdout, cmd.Stderr = l.log, l.log
	if l.input != "" {
		cmd.Stdin = bytes.NewBufferString(l.input)
	}
	if l.lock != nil {
		cmd.ExtraFiles = []*os.File{l.lock}
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: l.user.credential(), Setpgid: true, Pdeathsig: l.onDeath}
	p := &process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go p.own(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", l.argv[0], err)
	}
	return p, nil
}

// own starts and waits on one locked thread: the death signal goes out when the thread that started the process ends.
func (p *process) own(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	p.reason = p.cmd.Wait()
	if p.reason == nil {
		p.reason = errors.New("exit status 0")
	}
	close(p.done)
}

func (p *process) pid() int { return p.cmd.Process.Pid }

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// kill gives it no chance to finish anything.
func (p *process) kill() {
	p.cmd.Process.Kill()
	<-p.done
}

// stop sends the polite signal and returns when the process has ended; past the patience it is killed and that is an error.
func (p *process) stop(polite syscall.Signal, patience time.Duration) error {
	if p.ended() {
		return nil
	}
	p.cmd.Process.Signal(polite)
	select {
	case <-p.done:
		return nil
	case <-time.After(patience):
		p.kill()
		return fmt.Errorf("%s did not stop within %s and was killed", p.cmd.Path, patience)
	}
}
