package flows

import (
	"maps"

	"titian/flows/flow"
	"titian/storage"
)

// Starts are the facts that the bot may begin a conversation with, an example
// of each kind: what Walk needs to draw and to check it. Nil: it needs none.
func Starts(f *flow.Flow) []map[string]string {
	one := map[string]string{
		"owners": "one", "owner": "o1", "owner.1.id": "o1",
		"owner.1.label": "Dapur Contoh (Contoh Satu)", "owner.1.proof": "0001 IKM-2026-000001",
	}
	many := map[string]string{
		"owners": "many", "owner.1.id": "o1", "owner.1.label": "Dapur Contoh (Contoh Satu)", "owner.1.proof": "0001 IKM-2026-000001",
		"owner.2.id": "o2", "owner.2.label": "Tenun Contoh (Contoh Dua)", "owner.2.proof": "0001 IKM-2026-000001",
	}
	none := map[string]string{"owners": "none"}
	draft := map[string]string{"owners": "none", "draft": "1"}
	met := Met(storage.Imported{ID: "i1", Name: "Contoh Satu", Business: "Dapur Contoh", Kecamatan: "Kadia"})
	switch f.Name {
	case "registration":
		return []map[string]string{nil, met}
	case "for_whom":
		return []map[string]string{one}
	case "status", "my_data", "amend":
		return []map[string]string{one, many}
	case "delete":
		return []map[string]string{draft, one, many}
	case "comeback":
		return []map[string]string{{"owners": "one", "owner": "draft", "owner.1.id": "draft", "owner.1.proof": "0001 IKM-2026-000001"}}
	case "halal_for":
		return []map[string]string{one, many, with(one, "silent", "yes")}
	case "withdraw":
		return []map[string]string{one, many}
	case "correction":
		return []map[string]string{{"correction": "c1", "label": "Email", "before": "contoh@contoh.id", "after": "contoh@example.com"}}
	case "staff_words":
		var acts []map[string]string
		for _, act := range []string{ActFix, ActOverride, ActHand, ActApply, ActReturn, ActRefuse, ActIssue, ActAdd, ActCorrect, ActAnswer} {
			acts = append(acts, map[string]string{"act": act, "application": "a1", "item": "ktp", "revision": "1", "prompt": "Ketik alasannya.", "items": "ktp\tKTP pemilik\nusaha\tData usaha"})
		}
		acts = append(acts, map[string]string{"act": ActHand, "application": "a1", "prompt": "Ketik namanya.", "pick": "yes", "people": "s1\tContoh Tiga\ns2\tContoh Empat"})
		return acts
	case "announce":
		sectors := "food\tPangan\ncraft\tKerajinan & Aneka"
		return []map[string]string{
			{"act": ActAnnounce, "sectors": sectors}, {"act": ActAnnounce, "sectors": sectors, "broadcast": "7", "picture": "none", "saved": "pasar\tsemua", "numbers": "undangan\tundangan"},
		}
	case "halal":
		open := map[string]string{
			"sector": "food", "places": "open", "programme": "p1", "owner": "o1", "business": "Dapur Contoh", "name": "Contoh Satu",
			"address": "Jl. Contoh No. 1", "kelurahan": "Lalolara", "kecamatan": "Kambu",
		}
		return []map[string]string{
			open, with(open, "sector", "craft"), with(open, "places", "none"),
			with(with(open, "places", "full"), "fix", "yes"), with(with(with(open, "places", "again"), "fix", "yes"), "several", "yes"), with(with(with(open, "places", "again"), "fix", "yes"), "agreed", "yes"),
		}
	case "join":
		return []map[string]string{{"other": "WhatsApp"}}
	case "menu":
		return []map[string]string{none, draft, one, many}
	}
	return nil
}

// with is the facts with one set otherwise.
func with(facts map[string]string, name, value string) map[string]string {
	facts = maps.Clone(facts)
	facts[name] = value
	return facts
}
