package flows

import (
	"strconv"

	"titian/flows/answer"
	"titian/flows/flow"
	"titian/storage"
)

// fileRegistration turns the answers into the record the dinas keeps. With the
// fact "owner" it amends what was filed before.
func fileRegistration(kecamatan, kelurahan *flow.Field) flow.EffectFunc {
	return func(v flow.View) any {
		r := storage.Registration{
			Owner: storage.OwnerID(v.Fact("owner")), Number: v.Fact("number"),
			Name: v.Get(ownerName.Key), NIK: answer.NIK(v.Get(nik.Key)), Phone: answer.Phone(v.Get(phone.Key)), PhoneOwn: v.Own(phone.Key),
			Business: v.Get(business.Key), Sector: v.Get(sector.Key), Products: answer.ReadProducts(v.Get(products.Key)),
			Kecamatan: v.Get(kecamatan.Key), Kelurahan: v.Get(kelurahan.Key), Address: v.Get(address.Key),
			NIB: answer.NIB(v.Get(nib.Key)), Permits: v.List(permits.Key), Photos: fileIDs(v.Files(photos.Key)),
			HasNIB: optional(v, hasNIB), Announcements: optional(v, announcements),
			TypedBy: storage.TypedBy(v.Get(consent.Key)), Network: v.Fact("network"), Source: v.Fact("source"),
			FlowVersion: registrationVersion, Missing: v.Missing(), Answers: v.Answers(),
		}
		r.Workers, _ = strconv.Atoi(v.Get(workers.Key))
		if p, ok := v.Point(location.Key); ok {
			r.Latitude, r.Longitude = &p.Lat, &p.Lon
		}
		if n, err := strconv.ParseInt(v.Get(turnover.Key), 10, 64); err == nil {
			amount := answer.Rupiah(n)
			r.Turnover = &amount
		}
		return storage.File{Registration: r, Consents: consents(v), Claims: claimed(v, "yes"), Declines: claimed(v, "no")}
	}
}

// consents are the two purposes, each with the words that were typed.
func consents(v flow.View) []storage.Consent {
	by := storage.TypedBy(v.Get(consent.Key))
	var list []storage.Consent
	for _, c := range []struct {
		purpose string
		field   *flow.Field
		given   bool
	}{
		{"registration", consent, v.Get(consent.Key) != "no"},
		{"announcements", announcements, v.Get(announcements.Key) == "yes"},
	} {
		a, ok := v.Answer(c.field.Key)
		if !ok || a.ID == "" { // carried over into an amendment: it was said, and stored, before
			continue
		}
		list = append(list, storage.Consent{
			Purpose: c.purpose, TextVersion: ConsentVersion, TextSHA256: v.Fact("consent_sha256." + c.purpose),
			Answer: a.Raw, Given: c.given, MessageID: a.ID, At: a.At, TypedBy: by,
		})
	}
	return list
}

func optional(v flow.View, f *flow.Field) *bool {
	value := v.Get(f.Key)
	if value == "" {
		return nil
	}
	yes := value == "yes"
	return &yes
}

func fileIDs(files []flow.FileAnswer) []storage.FileID {
	var ids []storage.FileID
	for _, f := range files {
		ids = append(ids, storage.FileID(f.ID))
	}
	return ids
}
