package bot

import (
	"strconv"

	"titian/flows"
	"titian/flows/flow"
	"titian/locales"
	"titian/storage"
)

// known are the owners this chat speaks for, read once a turn.
func (t *talk) known() ([]storage.Owner, error) {
	if t.asked {
		return t.owners, nil
	}
	list, err := t.b.Contacts.Owners(t.ctx, t.contact.ID)
	if err != nil {
		return nil, err
	}
	t.owners, t.asked = list, true
	return list, nil
}

// facts tell a flow whom the chat speaks for.
func (t *talk) facts() (map[string]string, error) {
	known, err := t.known()
	if err != nil {
		return nil, err
	}
	f := map[string]string{"owners": "none"}
	for i, o := range known {
		at := "owner." + strconv.Itoa(i+1)
		f[at+".id"], f[at+".proof"] = string(o.ID), flows.Proof(o)
		f[at+".label"] = o.Business + " (" + o.Name + ")"
	}
	switch len(known) {
	case 0:
	case 1:
		f["owners"], f["owner"] = "one", string(known[0].ID)
	default:
		f["owners"] = "many"
	}
	if s, ok := t.draft(); ok {
		f["draft"] = s.Run
		if flows.Claim(s) == "yes" {
			f["listed.id"] = s.Facts["listed.id"]
		}
	}
	return f, nil
}

// withOwner begins a flow about a filed owner; without one it says so.
func (t *talk) withOwner(f *flow.Flow, more map[string]string) error {
	known, err := t.known()
	if err != nil {
		return err
	}
	if len(known) == 0 {
		if _, draft := t.draft(); draft {
			t.script.Say("bot.draft_only", nil)
		} else {
			t.script.Say("bot.nothing_stored", nil)
		}
		t.ask()
		return nil
	}
	if t.conv.LockedUntil.After(t.now) {
		t.script.Say("any.proof.locked", nil)
		t.ask()
		return nil
	}
	facts, err := t.facts()
	if err != nil {
		return err
	}
	for k, v := range more {
		facts[k] = v
	}
	t.begin(f, facts, nil)
	return nil
}

// about names what the flow on the table is about, for its texts.
func (t *talk) about() map[string]string {
	top, ok := t.conv.top()
	if !ok {
		return nil
	}
	what := "registration"
	draft, waits := t.draft()
	switch {
	case waits && draft.Flow == t.b.Flows.Halal().Name:
		what = "halal"
	case waits && draft.Facts["owner"] != "":
		what = "amendment"
	}
	secret := "phone"
	if waits && flows.Chosen(draft, "nik") != "" {
		secret = "nik"
	}
	about := map[string]string{
		"secret": t.b.Voice.Text("bot.secret."+secret, nil),
		"listed": t.listed(top), "whose": t.whose(top), "what": t.b.Voice.Text("bot.what."+what, nil), "loss": t.b.Voice.Text("bot.loss."+what, nil),
		"law": t.b.Flows.Rules.Law(t.now.In(locales.WITA)),
	}
	for _, fact := range []string{"left", "rank", "waits", "application"} {
		about[fact] = top.Facts[fact]
	}
	return about
}

// whose names the owner a flow is about.
func (t *talk) whose(s flow.State) string {
	id := ownerOf(s)
	for n := 1; id != ""; n++ {
		at := "owner." + strconv.Itoa(n)
		switch s.Facts[at+".id"] {
		case "":
			return ""
		case string(id):
			return s.Facts[at+".label"]
		}
	}
	return t.b.Voice.Text("bot.whose_draft", nil)
}

// ownerOf is the filed owner that a flow is about, if one is meant.
func ownerOf(s flow.State) storage.OwnerID {
	if a, ok := s.Answers["which"]; ok && a.Value != "" {
		return storage.OwnerID(a.Value)
	}
	return storage.OwnerID(s.Facts["owner"])
}
