package flow

import "maps"

// owned says whether the message brings the sender's own number, by the word of the network.
func (in Input) owned() bool { return in.Vouched != "" || in.Phone != "" && in.PhoneOwn }

// learn takes in what the caller found out by the message, after it was heard. An answer that was given stays.
func (x *exchange) learn() {
	found := x.in.Learned
	if found == nil {
		return
	}
	x.unlearn()
	x.state.Facts = clone(x.state.Facts)
	maps.Copy(x.state.Facts, found.Facts)
	maps.DeleteFunc(x.state.Facts, func(_, value string) bool { return value == "" })
	for _, id := range sorted(found.Answers) {
		if a, given := x.state.Answers[id]; !given || a.Skipped {
			x.write(id, Answer{Value: found.Answers[id], At: x.now, Learned: true})
		}
	}
}

// unlearn forgets the answers that were learned, also those taken back since.
func (x *exchange) unlearn() {
	for _, answers := range []map[string]Answer{x.state.Answers, x.state.Was} {
		for _, id := range sorted(answers) {
			if answers[id].Learned {
				delete(answers, id)
				x.changed(id)
			}
		}
	}
}
