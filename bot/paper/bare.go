package paper

import (
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// bare takes from a document what does not show on its pages: its author, its
// outline, what opens by itself. A signature does not outlive that, so it goes too;
// how it looks on the page stays.
func bare(doc *model.Context) {
	shown := map[string]bool{"Type": true, "Pages": true, "AcroForm": true, "OCProperties": true, "Version": true}
	for key := range doc.RootDict {
		if !shown[key] {
			doc.RootDict.Delete(key)
		}
	}
	doc.Info = nil
	if form, err := doc.DereferenceDict(doc.RootDict["AcroForm"]); err == nil && form != nil {
		form.Delete("SigFlags")
	}
	for _, entry := range doc.Table {
		if field, ok := entry.Object.(types.Dict); ok && signed(doc, field) {
			field.Delete("V")
		}
	}
}

// signed says whether a dictionary is a field with a signature as its value.
func signed(doc *model.Context, field types.Dict) bool {
	ref, ok := field["V"].(types.IndirectRef)
	if !ok {
		return false
	}
	value, err := doc.DereferenceDict(ref)
	return err == nil && value != nil && value["ByteRange"] != nil
}
