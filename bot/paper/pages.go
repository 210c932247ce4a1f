package paper

import (
	"strconv"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// page is one page and the resources it has or inherits.
type page struct{ dict, resources types.Dict }

// pagesOf walks the tree of pages, each node once: one that bends back, or shares
// its branches, is broken.
func pagesOf(doc *model.Context) ([]page, error) {
	root, err := doc.Catalog()
	if err != nil {
		return nil, refused("pdf_broken")
	}
	w := walk{doc: doc, seen: map[int]bool{}}
	if w.node(root["Pages"], nil, 0); w.broken || len(w.pages) == 0 {
		return nil, refused("pdf_broken")
	}
	if len(w.pages) > MaxPages {
		return nil, &Refused{"pdf_pages", map[string]string{"pages": strconv.Itoa(len(w.pages)), "limit": strconv.Itoa(MaxPages)}}
	}
	return w.pages, nil
}

type walk struct {
	doc    *model.Context
	seen   map[int]bool
	pages  []page
	broken bool
}

func (w *walk) node(o types.Object, resources types.Dict, depth int) {
	ref, ok := o.(types.IndirectRef)
	if !ok || depth > maxDepth || w.seen[ref.ObjectNumber.Value()] {
		w.broken = true
		return
	}
	w.seen[ref.ObjectNumber.Value()] = true
	d, err := w.doc.DereferenceDict(ref)
	if err != nil || d == nil {
		w.broken = true
		return
	}
	if own, err := w.doc.DereferenceDict(d["Resources"]); err == nil && own != nil {
		resources = own
	}
	kids, err := w.doc.DereferenceArray(d["Kids"])
	if err != nil {
		w.broken = true
		return
	}
	if kids == nil {
		w.pages = append(w.pages, page{d, resources})
		return
	}
	for _, kid := range kids {
		if kid != nil && !w.broken {
			w.node(kid, resources, depth+1)
		}
	}
}
