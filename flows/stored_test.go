package flows_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"titian/storage"
)

// standing is what Postgres holds of the people of a transcript: what it is
// about → what it says.
type standing map[string]string

// news is what stands otherwise than before the line.
func (s *speaker) news() []string {
	now := s.standing()
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(now)) {
		if s.before[key] != now[key] {
			lines = append(lines, strings.TrimSpace(key[strings.IndexByte(key, ' ')+1:]+" "+now[key]))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(s.before)) {
		number, _, field := strings.Cut(key[strings.IndexByte(key, ' ')+1:], ": ")
		if _, still := now[key]; !still && !field {
			lines = append(lines, "gone: "+number)
		}
	}
	s.before = now
	return lines
}

func (s *speaker) standing() standing {
	now := standing{}
	for name := range s.people {
		contact := s.h.Contact(name)
		owners := s.h.Owners(name)
		for _, o := range owners {
			s.numbers[o.ID] = o.Number
			s.registration(now, o)
		}
		for i, c := range must(s.h.DB.Consents(context.Background(), contact)) {
			now.add(fmt.Sprintf("2.%s.%03d consent", name, i), "%s %s v%s %q", c.Purpose, verdict(c), c.TextVersion, oneTime.ReplaceAllString(c.Answer, shownWord))
		}
		for _, a := range must(s.h.DB.Stands(context.Background(), contact)) {
			s.application(now, a)
		}
		for i, w := range must(s.h.DB.Wishes(context.Background(), contact)) {
			now.add(fmt.Sprintf("4.%s.%03d wish", name, i), "%s %s %s", w.Reason, w.Question, s.numbers[w.Owner])
		}
	}
	return now
}

func (n standing) add(key, format string, args ...any) {
	for n[key] != "" {
		key = "4" + key
	}
	n[key] = strings.TrimSpace(fmt.Sprintf(format, args...))
}

func verdict(c storage.Consent) string {
	if !c.Given {
		return "not given"
	}
	return "given by " + string(c.TypedBy)
}

// registration are the lines of one owner. Numbers are shown as people see them.
func (s *speaker) registration(now standing, o storage.Owner) {
	r := must(s.h.DB.Registration(context.Background(), o.ID))
	now["1 "+r.Number] = "filed"
	add := func(field, value string) {
		if value != "" {
			now["1 "+r.Number+": "+field] = value
		}
	}
	add("name", r.Name)
	if r.NIK != "" {
		add("nik", r.NIK.Masked())
	}
	add("phone", r.Phone.Local())
	add("business", r.Business+" · "+r.Sector+" · "+strings.Join(r.Products, ", "))
	add("place", r.Kelurahan+", "+r.Kecamatan+" · "+r.Address)
	if r.Latitude != nil {
		add("point", fmt.Sprint(*r.Latitude, " ", *r.Longitude))
	}
	add("workers", fmt.Sprint(r.Workers))
	if r.Turnover != nil {
		add("turnover", r.Turnover.String())
	}
	if r.HasNIB != nil {
		add("nib", strings.TrimSpace(fmt.Sprint(*r.HasNIB, " ", string(r.NIB))))
	}
	add("permits", strings.Join(r.Permits, ", "))
	if o.Files > 0 {
		add("photos", fmt.Sprint(o.Files))
	}
	if r.Announcements != nil {
		add("announcements", fmt.Sprint(*r.Announcements))
	}
	if r.Source != "" {
		add("source", r.Source)
	}
	add("list", r.List)
	if r.Binaan {
		add("binaan", "true")
	}
	add("typed by", string(r.TypedBy))
	add("missing", strings.Join(r.Missing, ", "))
	for _, f := range must(s.h.DB.Flags(context.Background(), o.ID)) {
		now.add("3 flag "+r.Number, "%s %s", f.Kind, s.numbers[f.Other])
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
