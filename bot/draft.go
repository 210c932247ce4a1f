package bot

import (
	"crypto/sha256"
	"encoding/hex"

	"titian/flows"
	"titian/flows/answer"
	"titian/flows/flow"
	"titian/storage"
)

// stranger asks for proof when a draft is taken up after a long silence: the
// phone may have another owner by then. Only help and a human come without it.
func (t *talk) stranger() (handled bool, err error) {
	draft, ok := t.conv.find(t.b.Flows.Registration.Name)
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
	if w, ok := answer.Navigation(t.m.Text); ok && (w == answer.WordOfficer || w == answer.WordHelp || w == answer.WordReport) {
		return false, nil
	}
	if t.conv.LockedUntil.After(t.now) {
		t.script.Say("any.proof.locked", nil)
		return true, nil
	}
	if t.conv.flowName() == t.b.Flows.Comeback.Name {
		return false, nil
	}
	t.conv.Stack = []flow.State{draft}
	t.begin(t.b.Flows.Comeback, map[string]string{
		"owners": "one", "owner": "draft", "owner.1.id": "draft", "owner.1.proof": secret,
	}, nil)
	return true, nil
}

// draftProof is what only the person who began a draft knows: the end of the
// NIK, else of the phone number. Empty when the draft holds neither.
func draftProof(s flow.State) string {
	for _, key := range []string{"nik", "phone"} {
		if v := flows.Chosen(s, key); len(v) >= 4 {
			return v[len(v)-4:]
		}
	}
	return ""
}

// discard throws the draft away, with the files that were sent for it.
func (t *talk) discard() {
	if s, ok := t.conv.find(t.b.Flows.Registration.Name); ok {
		if files := draftFiles(s); len(files) > 0 {
			t.effects = append(t.effects, storage.DropFiles{IDs: files})
		}
	}
	t.conv = t.conv.without(t.b.Flows.Registration.Name)
	t.after = append(t.after, func(t *talk, _ storage.Outcome) { t.script.Say("bot.discarded", nil) })
}

// expire lets a draft go that nobody went on with, without a word: the warning
// was given before. One that was taken up since stays.
func (t *talk) expire() {
	s, ok := t.conv.find(t.b.Flows.Registration.Name)
	if !ok || t.conv.HeardAt.After(t.m.At) {
		return
	}
	if files := draftFiles(s); len(files) > 0 {
		t.effects = append(t.effects, storage.DropFiles{IDs: files})
	}
	t.conv = t.conv.without(t.b.Flows.Registration.Name)
}

// draftFiles are the files of a draft that were not filed before.
func draftFiles(s flow.State) []storage.FileID {
	filed := map[string]bool{}
	for _, id := range s.Filed {
		filed[id] = true
	}
	var list []storage.FileID
	for _, answers := range []map[string]flow.Answer{s.Answers, s.Was} {
		for _, f := range flow.ReadFiles(answers["photos"].Value) {
			if !filed[f.ID] {
				list = append(list, storage.FileID(f.ID))
			}
		}
	}
	return list
}

// consentHash is the SHA-256 of the text a person consents to, as kept with their consent.
func (b *Bot) consentHash(purpose string) string {
	key := map[string]string{"registration": "registration.consent", "announcements": "registration.announcements"}[purpose]
	sum := sha256.Sum256([]byte(b.Voice.Text(key, nil)))
	return hex.EncodeToString(sum[:])
}
