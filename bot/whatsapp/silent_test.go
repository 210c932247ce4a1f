package whatsapp

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
)

// The library's patience is its own variables: a process of its own has them short from the beginning.
func TestAConnectionOnWhichNothingIsAnsweredAnyMoreIsMadeAnewAndNothingIsLost(t *testing.T) {
	t.Parallel()
	if os.Getenv("TITIAN_TEST_IMPATIENT") == "" {
		again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
		again.Env = append(os.Environ(), "TITIAN_TEST_IMPATIENT=1")
		if said, err := again.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		return
	}
	whatsmeow.KeepAliveIntervalMin, whatsmeow.KeepAliveIntervalMax = 50*time.Millisecond, 100*time.Millisecond
	whatsmeow.KeepAliveResponseDeadline, whatsmeow.KeepAliveMaxFailTime = 500*time.Millisecond, time.Second
	n := newNetwork(t)
	c := n.channel()
	d := run(t, c)
	stands(t, c, Up)
	p := n.person(t)
	p.Says("sebelumnya")
	d.next(t)
	n.office.Silence()
	p.Says("sementara")
	stands(t, c, Down)
	p.Says("kemudian")
	for _, want := range []string{"sementara", "kemudian"} {
		if m := d.next(t); m.Text != want {
			t.Errorf("%q came, want %q", m.Text, want)
		}
	}
	stands(t, c, Up)
}
