package bot_test

import (
	"testing"

	"titian/bot/bottest"
)

func TestNotYetIsAnAnswerWhereYesOrNoIsAskedAlsoInKendari(t *testing.T) {
	for _, word := range []string{"belumpi", "belum", "nda ada", "blm punya"} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			h := bottest.New(t, bottest.Options{})
			p := h.Person("contoh")
			for _, line := range registering {
				if line == "belum" {
					line = word
				}
				p.Says(line)
			}
			r, err := h.DB.Registration(t.Context(), h.Owners("contoh")[0].ID)
			if err != nil || r.HasNIB == nil || *r.HasNIB {
				t.Errorf("after %q the NIB is %v (%v), want no", word, r.HasNIB, err)
			}
		})
	}
}
