package postgres

import (
	"reflect"

	"titian/storage"
)

// answers are the answers of a registration by the name an audit row knows them by.
func answers(r storage.Registration) []struct {
	name  string
	value any
} {
	return []struct {
		name  string
		value any
	}{
		{"name", r.Name}, {"nik", r.NIK}, {"phone", r.Phone}, {"business", r.Business}, {"sector", r.Sector},
		{"products", r.Products}, {"kecamatan", r.Kecamatan}, {"kelurahan", r.Kelurahan}, {"address", r.Address},
		{"latitude", r.Latitude}, {"longitude", r.Longitude}, {"workers", r.Workers}, {"turnover", r.Turnover},
		{"has_nib", r.HasNIB}, {"nib", r.NIB}, {"permits", r.Permits}, {"photos", r.Photos}, {"announcements", r.Announcements},
		{"typed_by", r.TypedBy},
	}
}

// answered lists which answers were given.
func answered(r storage.Registration) map[string][]string {
	given := []string{}
	for _, a := range answers(r) {
		if !empty(a.value) {
			given = append(given, a.name)
		}
	}
	return map[string][]string{"answered": given}
}

// changed is answered of the new registration, with the answers that are not what they were.
func changed(old, new storage.Registration) map[string][]string {
	names := []string{}
	was := answers(old)
	for i, a := range answers(new) {
		if !same(a.value, was[i].value) {
			names = append(names, a.name)
		}
	}
	after := answered(new)
	after["changed"] = names
	return after
}

func same(a, b any) bool { return empty(a) && empty(b) || reflect.DeepEqual(a, b) }

func empty(v any) bool {
	value := reflect.ValueOf(v)
	return value.IsZero() || value.Kind() == reflect.Slice && value.Len() == 0
}
