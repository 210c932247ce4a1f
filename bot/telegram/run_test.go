package telegram

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"titian/bot/telegram/telegramtest"
)

func TestTheMenuIsSetInIndonesianAndForEveryone(t *testing.T) {
	n := newNetwork(t, telegramtest.Options{})
	n.Fail("setMyCommands", 0, telegramtest.Fault{HTML502: true}, 1)
	run(t, n.channel(func(o *Options) { o.Commands = []Command{{"status", "Sampai di mana berkas saya"}} }), nil)
	if err := n.AwaitCalls(within(t), "setMyCommands", 3); err != nil {
		t.Fatal(err)
	}
	var languages []string
	for _, call := range n.Calls("setMyCommands") {
		if call.Status == http.StatusOK && strings.Contains(call.Params["commands"], "Sampai di mana") {
			languages = append(languages, call.Params["language_code"])
		}
	}
	if fmt.Sprint(languages) != "[ id]" {
		t.Errorf("the menu is set for %q", languages)
	}
}

func TestANetworkThatIsDownAtTheStartIsWaitedOut(t *testing.T) {
	n := newNetwork(t, telegramtest.Options{})
	n.Fail("", 0, telegramtest.Fault{DropBefore: true}, 4)
	r := run(t, n.channel(), nil)
	n.person().Say("halo")
	r.next()
}
