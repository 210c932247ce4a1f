package desk_test

import (
	"testing"

	"titian/locales"
	"titian/storage"
)

func TestEveryReasonOfABrakeAndOfACallHasWords(t *testing.T) {
	texts, err := locales.Texts("")
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, c := range storage.BrakeCauses {
		keys = append(keys, "staff.brake.cause."+string(c))
	}
	for _, w := range storage.CallWhys {
		keys = append(keys, "desk.call.why."+string(w))
	}
	for _, k := range []storage.OwnerNoticeKind{storage.OwnerFix, storage.OwnerPlace, storage.OwnerNext, storage.OwnerLapsed, storage.OwnerComplete, storage.OwnerHanded,
		storage.OwnerApplied, storage.OwnerCode, storage.OwnerReturned, storage.OwnerIssued, storage.OwnerRefused, storage.OwnerCorrected} {
		keys = append(keys, "desk.call."+string(k))
	}
	for _, key := range keys {
		if !texts.Has(key) {
			t.Errorf("there is no text %q", key)
		}
	}
}
