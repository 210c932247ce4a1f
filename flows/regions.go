package flows

import (
	"sync/atomic"

	"titian/flows/answer"
	"titian/flows/flow"
)

// Regions is the city as the data file has it now. Safe to set while it is read.
type Regions struct{ read atomic.Pointer[regions] }

// regions keeps the options beside the city: they are looked at many times a turn.
type regions struct {
	city    answer.City
	options []flow.Option
}

// Set puts another list in place. An answer that it no longer has is asked again.
func (r *Regions) Set(city answer.City) {
	next := &regions{city: city}
	for _, name := range city.Kecamatan() {
		next.options = append(next.options, flow.Option{ID: name, Label: name})
	}
	next.options = append(next.options, flow.Option{ID: outside})
	r.read.Store(next)
}

func (r *Regions) now() answer.City { return r.read.Load().city }

func (r *Regions) kecamatan() []flow.Option { return r.read.Load().options }
