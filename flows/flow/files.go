package flow

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// takeFiles hears files that were taken in.
func (x *exchange) takeFiles() {
	switch {
	case x.isAsked(Files):
		x.acceptFiles(x.in.Files)
	case x.table.step.act == checks:
		x.hold(x.in.Files)
	case x.asked.Field != nil && x.asked.Field.Photo != nil:
		x.choosePhoto(x.asked.Field.Photo)
	default:
		x.noFilesHere()
	}
}

// acceptFiles answers the question on the table; files over its Max are dropped.
func (x *exchange) acceptFiles(files []FileAnswer) {
	f, id := x.asked.Field, x.table.id
	files, refused := x.fit(f, files)
	if len(files) == 0 {
		x.in.Refused = refused
		x.refuseFile()
		return
	}
	kept := files[:min(len(files), f.max())]
	if extra := files[len(kept):]; len(extra) > 0 {
		x.drop(id, extra)
		x.say("flow.files_extra", map[string]string{"max": strconv.Itoa(f.max())})
	}
	x.keep(id, kept)
	x.beginAlbum(id, false)
	x.sayRefusal(cmp.Or(x.in.Refused, refused))
	if slices.ContainsFunc(kept, marked) {
		x.say("flow.file.marked", nil)
	}
	x.accept(Understood{Value: WriteFiles(kept)})
	if x.table.inList() {
		delete(x.state.Poor, x.table.group.key)
	}
}

func marked(f FileAnswer) bool { return len(f.Marks) > 0 }

// fit parts the files that will do for a question from those that will not,
// which are dropped.
func (x *exchange) fit(f *Field, files []FileAnswer) (fit []FileAnswer, refused *Refusal) {
	for _, file := range files {
		if r := x.unfit(f, &file); r != nil {
			x.drop(x.table.id, []FileAnswer{file})
			refused = r
			continue
		}
		fit = append(fit, file)
	}
	return fit, refused
}

// choosePhoto answers a Choice by a photo, and what is asked under that option
// with it.
func (x *exchange) choosePhoto(f *Field) {
	id := x.view().id(f.Key)
	if n := x.state.Poor[x.table.id]; n > 0 {
		x.state.Poor[id] = n
	}
	x.accept(Understood{Value: OptionPhoto})
	x.look.again()
	if i := x.look.find(id); i >= 0 {
		x.put(x.look.places[i], x.in.Files)
		return
	}
	x.noFilesHere()
}

func (x *exchange) noFilesHere() {
	x.drop(x.table.id, x.in.Files)
	x.beginAlbum(x.table.id, true)
	x.miss("flow.no_files_here", nil, nil)
}

// refuseFile says why a file was not taken in.
func (x *exchange) refuseFile() {
	x.beginAlbum(x.table.id, true)
	if x.asked.WantsFiles == 0 {
		x.miss("flow.no_files_here", nil, nil)
		return
	}
	r := x.in.Refused
	if r.Quality {
		x.countPoor()
	}
	x.sayRefusal(r)
	if r.Sum == "" {
		x.missed(nil)
	}
}

func (x *exchange) beginAlbum(id string, refused bool) {
	x.state.Album = nil
	if x.in.Album != "" {
		x.state.Album = &Album{ID: x.in.Album, Key: id, Refused: refused}
	}
}

func (x *exchange) inAlbum() bool {
	return x.in.Album != "" && x.state.Album != nil && x.state.Album.ID == x.in.Album
}

// addToAlbum hears a further message of an album. What was said to the first
// one is not said again.
func (x *exchange) addToAlbum() {
	album := x.state.Album
	if album.Refused && x.asked.WantsFiles > 0 && x.table.id == album.Key && len(x.in.Files) > 0 {
		x.answer()
		return
	}
	files := x.in.Files
	if f := x.flow.fieldOf(album.Key); f != nil {
		files, _ = x.fit(f, files)
	}
	kept := files[:min(album.room(x.flow, x.state), len(files))]
	x.drop(album.Key, files[len(kept):])
	x.keep(album.Key, kept)
	x.append(album.Key, kept)
	if album.Refused || x.in.Refused == nil {
		x.quiet = true
		return
	}
	x.sayRefusal(x.in.Refused)
}

// room is how many more files of the album are taken.
func (a *Album) room(f *Flow, s State) int {
	answer, ok := s.Answers[a.Key]
	field := f.fieldOf(a.Key)
	switch {
	case a.Refused:
		return 0
	case field == nil && len(s.Held) > 0:
		return f.mostFiles(a.Key) - len(s.Held)
	case field == nil || !ok:
		return 0
	}
	return max(0, field.max()-len(ReadFiles(answer.Value)))
}

// mostFiles is the most any item of a Checklist takes.
func (f *Flow) mostFiles(list string) (most int) {
	each(f.steps, "", func(st *Step, _ string) {
		for i := range st.steps {
			if st.act == checks && st.key == list && st.steps[i].field.Kind == Files {
				most = max(most, st.steps[i].field.max())
			}
		}
	})
	return most
}

// append adds files to an answer, or to those held.
func (x *exchange) append(id string, files []FileAnswer) {
	if len(files) == 0 {
		return
	}
	a, ok := x.state.Answers[id]
	if !ok {
		x.state.Held = append(x.state.Held, files...)
		return
	}
	a.Value = WriteFiles(append(ReadFiles(a.Value), files...))
	x.state.Answers[id] = a
}

func (x *exchange) keep(id string, files []FileAnswer) {
	for _, file := range files {
		x.turn.KeptFiles = append(x.turn.KeptFiles, KeptFile{id, file})
	}
}

// drop gives up files of this run. What was filed before belongs to what was
// filed, until a Submit replaces it.
func (x *exchange) drop(id string, files []FileAnswer) {
	for _, file := range files {
		if !slices.Contains(x.state.Filed, file.ID) {
			x.turn.DroppedFiles = append(x.turn.DroppedFiles, KeptFile{id, file})
		}
	}
}

// release drops the files of an answer that its new value does not hold.
func (x *exchange) release(id, old, new string) {
	if old == "" {
		return
	}
	still := ReadFiles(new)
	x.drop(id, slices.DeleteFunc(x.filesOf(id, Answer{Value: old}), func(f FileAnswer) bool {
		return slices.ContainsFunc(still, func(s FileAnswer) bool { return s.ID == f.ID })
	}))
}

// filesOf are the files of an answer, if it is one of files.
func (x *exchange) filesOf(id string, a Answer) []FileAnswer {
	if f := x.flow.fieldOf(id); f == nil || f.Kind != Files {
		return nil
	}
	return ReadFiles(a.Value)
}

// dropLeftovers gives up, at the end, the files that do not count: a Submit
// keeps those that do, any other end keeps none of this run.
func (x *exchange) dropLeftovers(submitted bool) {
	kept := map[string]bool{}
	for id, a := range x.state.Answers {
		if !submitted || x.look.count(id) != isAnswered {
			x.release(id, a.Value, "")
			continue
		}
		for _, file := range x.filesOf(id, a) {
			kept[file.ID] = true
		}
	}
	for id, a := range x.state.Was {
		x.release(id, a.Value, "")
	}
	x.drop(x.table.id, x.state.Held)
	for _, id := range x.state.Filed {
		if submitted && !kept[id] {
			x.turn.DroppedFiles = append(x.turn.DroppedFiles, KeptFile{FileAnswer: FileAnswer{ID: id}})
		}
	}
}

// Unfiled are the files of a conversation that were not filed before it: those
// that nobody needs when it is thrown away.
func (f *Flow) Unfiled(s State) (ids []string) {
	keep := func(files []FileAnswer) {
		for _, file := range files {
			if !slices.Contains(s.Filed, file.ID) && !slices.Contains(ids, file.ID) {
				ids = append(ids, file.ID)
			}
		}
	}
	for _, answers := range []map[string]Answer{s.Answers, s.Was} {
		for id, a := range answers {
			if field := f.fieldOf(id); field != nil && field.Kind == Files {
				keep(ReadFiles(a.Value))
			}
		}
	}
	keep(s.Held)
	slices.Sort(ids)
	return ids
}

func byFile(a, b KeptFile) int {
	return cmp.Or(strings.Compare(a.Key, b.Key), strings.Compare(a.ID, b.ID))
}
