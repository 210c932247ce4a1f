package bot

import (
	"errors"
	"slices"

	"titian/flows"
	"titian/flows/answer"
	"titian/flows/flow"
	"titian/storage"
)

// learn looks up what a message to a registration makes worth knowing: whether a number that the network knows to be
// the sender's stands on the dinas's list, and, once they said that it is them, what stands there. Nil: nothing.
func (t *talk) learn(f *flow.Flow, before, after flow.State) (*flow.Learned, error) {
	if f != t.b.Flows.Registration || after.Facts["owner"] != "" {
		return nil, nil
	}
	said := flows.Claim(after)
	number, message := flows.OwnPhone(after)
	_, known := flows.OwnPhone(before)
	switch {
	case said != flows.Claim(before):
		return t.claims(after, said)
	case said == "" && message != known && number != "":
		return t.meets(after, number)
	}
	return nil, nil
}

// meets looks for a number on the list. It offers one row in a registration, and none that was declined in this chat.
func (t *talk) meets(s flow.State, number answer.Phone) (*flow.Learned, error) {
	row, err := t.b.Roster.Listed(t.ctx, number, answer.NIK(flows.Chosen(s, "nik")), flows.Chosen(s, "name"), t.conv.Declined)
	switch {
	case err == nil:
		return &flow.Learned{Facts: flows.Met(row)}, nil
	case !errors.Is(err, storage.ErrNotFound):
		return nil, err
	case s.Facts["listed"] == "":
		return nil, nil
	}
	return &flow.Learned{Facts: flows.NotMet()}, nil
}

// claims takes what the list holds of who said that it is them. A row that was claimed elsewhere meanwhile is as if it
// had never been there; of one that is somebody else's nothing is taken.
func (t *talk) claims(s flow.State, said string) (*flow.Learned, error) {
	id := storage.ImportedID(s.Facts["listed.id"])
	declined := slices.DeleteFunc(slices.Clone(t.conv.Declined), func(d storage.ImportedID) bool { return d == id })
	switch said {
	case "no":
		t.conv.Declined = append(declined, id)
	case "yes":
		t.conv.Declined = declined
		row, err := t.b.Roster.Imported(t.ctx, id)
		switch {
		case err == nil:
			return &flow.Learned{Answers: flows.Given(row)}, nil
		case !errors.Is(err, storage.ErrNotFound):
			return nil, err
		}
		return &flow.Learned{Facts: flows.NotMet()}, nil
	}
	return &flow.Learned{}, nil
}

// listed is the masked hint by which a person knows their own row of the dinas's list, and nobody else's.
func (t *talk) listed(s flow.State) string {
	if s.Facts["listed"] == "" {
		return ""
	}
	args := map[string]string{"name": s.Facts["listed.name"], "business": s.Facts["listed.business"], "kecamatan": s.Facts["listed.kecamatan"]}
	key := "bot.listed"
	if args["business"] != "" {
		key = "bot.listed.business"
	}
	hint := t.b.Voice.Text(key, args)
	if args["kecamatan"] == "" {
		return hint
	}
	return t.b.Voice.Text("bot.listed.kecamatan", map[string]string{"listed": hint, "kecamatan": args["kecamatan"]})
}
