package flow

import "fmt"

// next is a message at random: most answer, some do not.
func (r *rambler) next() Input {
	if r.rand.IntN(10) < 6 {
		return r.pick(answers(r.turn.Question, r.file))
	}
	switch r.rand.IntN(8) {
	case 0, 1:
		return r.pick(asides(r.turn.Question))
	case 2:
		return r.word()
	case 3:
		return r.oldButton()
	case 4:
		return r.edit()
	case 5:
		return r.ofAlbum()
	case 6:
		return r.misplaced()
	}
	return Input{Text: r.junk()}
}

func (r *rambler) pick(trials []trial) Input {
	if len(trials) == 0 {
		return Input{Word: Back}
	}
	in := trials[r.rand.IntN(len(trials))].in
	if r.rand.IntN(3) == 0 {
		in.Run, in.Key = "", "" // typed, not tapped
	}
	return in
}

func (r *rambler) file() FileAnswer {
	f := FileAnswer{ID: fmt.Sprintf("f%d-%d", r.said, r.rand.IntN(1<<40)), MIME: "image/jpeg"}
	switch r.rand.IntN(8) {
	case 0:
		f.MIME = mimePDF
	case 1:
		f.Marks = []string{MarkBlurred}
	}
	return f
}

func (r *rambler) word() Input {
	words := []Word{Back, Skip, Enough, Complete, Again, Why, Done, Edit, Continue}
	return Input{Word: words[r.rand.IntN(len(words))], Text: "kata"}
}

func (r *rambler) oldButton() Input {
	return Input{Option: "yes", Run: r.turn.State.Run, Key: "no_such_question"}
}

func (r *rambler) edit() Input {
	in := Input{Text: r.junk(), Edits: "unknown"}
	if n := len(r.refs); n > 0 {
		in.Edits = r.refs[n-1-r.rand.IntN(min(n, 2))]
	}
	if q, ok := r.flow.Edited(r.turn.State, in.Edits, r.now); ok && q.Field != nil && len(q.Field.Samples) > 0 {
		in.Text = q.Field.Samples[0]
	}
	if in.Edits == "" {
		in.Edits = "unknown"
	}
	return in
}

// ofAlbum is a photo of the album that is coming in, or of a new one.
func (r *rambler) ofAlbum() Input {
	if r.rand.IntN(3) == 0 {
		r.album++
	}
	in := Input{Album: fmt.Sprint("album", r.album)}
	if r.rand.IntN(4) == 0 {
		in.Refused = &Refusal{Reason: "blurred", Quality: true}
		return in
	}
	in.Files = []FileAnswer{r.file()}
	return in
}

func (r *rambler) misplaced() Input {
	switch r.rand.IntN(6) {
	case 5:
		return Input{Files: []FileAnswer{r.file()}, Refused: &Refusal{Reason: "dark", Quality: true}}
	case 0:
		return Input{Files: []FileAnswer{r.file(), r.file()}}
	case 1:
		return Input{Place: &Point{r.rand.Float64() * 90, r.rand.Float64() * 180}}
	case 2:
		return Input{Phone: "081234567890"}
	case 3:
		return Input{Refused: &Refusal{Reason: "dark", Quality: true}}
	}
	return Input{Phone: "081234567890", PhoneOwn: r.rand.IntN(2) == 0, Vouched: "+6281234567890"}
}

func (r *rambler) junk() string {
	texts := []string{"?", "", " ", "ya", "1", "😀", "saya tidak tahu", "a,b", "edit:name", "0", "-1", "\x00"}
	return texts[r.rand.IntN(len(texts))]
}
