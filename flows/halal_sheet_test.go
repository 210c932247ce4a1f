package flows_test

import (
	"testing"

	"titian/flows"
)

func TestAListWithoutAPDFOfTheNIBStillMakesAConversation(t *testing.T) {
	renamed, photos := builtinRules(t), builtinRules(t)
	for i := range renamed.Papers {
		if renamed.Papers[i].ID == "nib_sheet" {
			renamed.Papers[i].ID, photos.Papers[i].PDF = "lembar_lain", false
		}
	}
	if _, err := flows.New(city(t), renamed); err != nil {
		t.Errorf("under another id: %v", err)
	}
	if _, err := flows.New(city(t), photos); err != nil {
		t.Errorf("as photos only: %v", err)
	}
}
