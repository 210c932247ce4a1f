package paper

import (
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// harmless refuses a document in which any object, used or not, does something,
// carries a file, or is a form of a kind that no simple viewer shows.
func harmless(doc *model.Context) error {
	for number, entry := range doc.Table {
		if entry == nil || entry.Free {
			continue
		}
		object, err := doc.Dereference(*types.NewIndirectRef(number, 0))
		if err != nil {
			return refused("pdf_broken")
		}
		if reason := harm(object, 0); reason != "" {
			return refused(reason)
		}
	}
	return nil
}

// harm is why an object will not do, or nothing.
func harm(object types.Object, depth int) string {
	if depth > maxDepth {
		return "pdf_broken"
	}
	switch o := object.(type) {
	case types.Dict:
		return harmOf(o, depth)
	case *types.Dict:
		return harmOf(*o, depth)
	case types.StreamDict:
		return harmOf(o.Dict, depth)
	case *types.StreamDict:
		return harmOf(o.Dict, depth)
	case types.Array:
		for _, item := range o {
			if reason := harm(item, depth+1); reason != "" {
				return reason
			}
		}
	}
	return ""
}

func harmOf(d types.Dict, depth int) string {
	for key, value := range d {
		if reason := harmfulKey(plain(key)); reason != "" && value != nil {
			return reason
		}
		if name, ok := value.(types.Name); ok {
			if reason := harmfulName(plain(key), plain(string(name))); reason != "" {
				return reason
			}
		}
		if reason := harm(value, depth+1); reason != "" {
			return reason
		}
	}
	return ""
}

// harmfulKey knows the keys of ISO 32000-2, 7.11 and 12.6, that act or carry; an
// empty list of files or of scripts is usual.
func harmfulKey(key string) string {
	switch key {
	case "JS", "RichMediaContent", "RichMediaSettings", "3DD":
		return "pdf_script"
	case "EF", "RF", "Collection":
		return "pdf_attached"
	case "XFA":
		return "pdf_form"
	}
	return ""
}

// harmfulName knows the actions and annotations that do more than show or link.
func harmfulName(key, name string) string {
	switch key {
	case "S":
		switch name {
		case "JavaScript", "Launch", "ImportData", "SubmitForm", "Rendition", "Movie", "Sound", "RichMediaExecute", "GoTo3DView":
			return "pdf_script"
		case "GoToE":
			return "pdf_attached"
		}
	case "Subtype":
		switch name {
		case "RichMedia", "Movie", "Screen", "Sound", "3D":
			return "pdf_script"
		case "FileAttachment":
			return "pdf_attached"
		}
	case "Type":
		if name == "EmbeddedFile" {
			return "pdf_attached"
		}
	}
	return ""
}

// plain is a name without its #-escapes.
func plain(name string) string {
	if decoded, err := types.DecodeName(name); err == nil {
		return decoded
	}
	return name
}
