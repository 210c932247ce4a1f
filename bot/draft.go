package bot

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"titian/flows"
	"titian/flows/answer"
	"titian/flows/flow"
	"titian/storage"
)

// stranger asks for proof when a draft is taken up after a long silence: the
// phone may have another owner by then. Only help and a human come without it.
func (t *talk) stranger() (handled bool, err error) {
	draft, ok := t.draft()
	if !ok {
		t.conv.Strange = false
		return false, nil
	}
	secret := draftProof(draft)
	if t.paused > silence && secret != "" {
		t.conv.Strange = true
	}
	if !t.conv.Strange {
		return false, nil
	}
	word, isWord := answer.Navigation(t.m.Text)
	switch {
	case word == answer.WordOfficer, word == answer.WordHelp, word == answer.WordReport, word == answer.WordCancel:
		return false, nil
	case t.conv.flowName() == t.b.Flows.Cancel.Name:
		return false, nil
	}
	if t.conv.LockedUntil.After(t.now) {
		t.script.Say("any.proof.locked", nil)
		return true, nil
	}
	if t.conv.flowName() == t.b.Flows.Comeback.Name {
		if isWord {
			t.ask()
		}
		return isWord, nil
	}
	t.conv = t.conv.only(t.b.drafts()...)
	t.begin(t.b.Flows.Comeback, map[string]string{
		"owners": "one", "owner": "draft", "owner.1.id": "draft", "owner.1.proof": secret,
	}, nil)
	return true, nil
}

// drafts are the conversations that wait while others are opened beside them.
func (b *Bot) drafts() []string { return []string{b.Flows.Registration.Name, b.Flows.Halal().Name} }

// isDraft says whether a flow waits while others are opened beside it.
func (b *Bot) isDraft(name string) bool { return slices.Contains(b.drafts(), name) }

// draft is the conversation that waits, the one talked about last.
func (t *talk) draft() (flow.State, bool) { return t.conv.last(t.b.drafts()...) }

// draftProof is what only the person who began a draft knows: the end of the
// NIK, else of the phone number. Empty when the draft holds neither.
func draftProof(s flow.State) string {
	for _, v := range []string{flows.Chosen(s, "nik"), flows.Chosen(s, "phone"), s.Facts["phone"]} {
		if len(v) >= 4 {
			return v[len(v)-4:]
		}
	}
	return ""
}

// discard throws the draft away, with the files that were sent for it.
func (t *talk) discard() {
	key, args := "bot.discarded", map[string]string(nil)
	if s, ok := t.draft(); ok {
		if files := t.b.draftFiles(s); len(files) > 0 {
			t.effects = append(t.effects, storage.DropFiles{IDs: files})
		}
		switch number := s.Facts["number"]; {
		case s.Flow == t.b.Flows.Halal().Name:
			key = "bot.discarded_halal"
		case number != "":
			key, args = "bot.discarded_amendment", map[string]string{"number": number}
		}
		t.conv = t.conv.without(s.Flow)
	}
	t.conv = t.conv.without(t.b.Flows.Comeback.Name)
	t.conv.Strange = false
	t.after = append(t.after, func(t *talk, _ storage.Outcome) { t.script.Say(key, args) })
}

// expire lets a draft go that nobody went on with, without a word: the warning
// was given before. One that was taken up since stays.
func (t *talk) expire() {
	for !t.conv.HeardAt.After(t.m.At) {
		s, ok := t.draft()
		if !ok {
			return
		}
		if files := t.b.draftFiles(s); len(files) > 0 {
			t.effects = append(t.effects, storage.DropFiles{IDs: files})
		}
		t.conv = t.conv.without(s.Flow)
	}
}

// draftFiles are the files of a draft that were not filed before.
func (b *Bot) draftFiles(s flow.State) []storage.FileID {
	var list []storage.FileID
	if f := b.Flows.Find(s.Flow); f != nil {
		for _, id := range f.Unfiled(s) {
			list = append(list, storage.FileID(id))
		}
	}
	return list
}

// consentFacts are the hashes of the texts that are consented to.
func (t *talk) consentFacts() map[string]string {
	f := map[string]string{}
	for _, purpose := range []string{"registration", "announcements", "statement"} {
		f["consent_sha256."+purpose] = t.b.consentHash(purpose)
	}
	return f
}

// consentHash is the SHA-256 of the text a person consents to, as kept with their consent.
func (b *Bot) consentHash(purpose string) string {
	key := map[string]string{
		"registration": "registration.consent", "announcements": "registration.announcements", "statement": "halal.statement",
		"supervisor": "bot.penyelia_asked",
	}[purpose]
	sum := sha256.Sum256([]byte(b.Voice.Text(key, nil)))
	return hex.EncodeToString(sum[:])
}
