package flows

import (
	"slices"

	"titian/flows/answer"
	"titian/flows/flow"
)

// nibSheet is the document whose text is compared with what the owner told, where the list has it and takes a PDF of it.
const nibSheet = "nib_sheet"

// What the text of the sheet says: nothing, the same, or something else.
const (
	sheetAgrees    = "agrees"
	sheetOtherNIB  = "nib"
	sheetOtherName = "name"
)

// comparison makes the questions that a difference asks. Which of the two is right is the owner's to say and staff's to see.
func (q *halalQuestions) comparison() {
	at := slices.IndexFunc(q.documents, func(f *flow.Field) bool { return f.Key == nibSheet && len(f.Want.Compare) > 0 })
	if at < 0 {
		return
	}
	sheet := q.documents[at]
	sheet.Samples = []string{sampleSheet(sampleNIB, ""), sampleSheet("", sampleNIB), sampleSheet(sampleNIB, "") + "\tlacks.name=Contoh+Satu"}
	q.sheetSays = flow.Weighed("sheet_says", sheet, sheetSays, sheetAgrees, sheetOtherNIB, sheetOtherName)
}

const sampleNIB = "0000000000017"

// sampleSheet is a PDF that has this number, or lacks it and has another.
func sampleSheet(has, lacks string) string {
	f := flow.FileAnswer{ID: "a", MIME: "application/pdf", NIBs: []string{"0000000000025"}}
	if has != "" {
		f.NIBs, f.Has = []string{has}, map[string]string{nib.Key: has}
	} else {
		f.Lacks = map[string]string{nib.Key: lacks}
	}
	return flow.WriteFiles([]flow.FileAnswer{f})
}

// checklist asks for the documents, and about what differs: only food comes this far.
func (q *halalQuestions) checklist() flow.Step {
	steps := []flow.Step{flow.Checklist("documents", q.documents...)}
	if q.sheetSays != nil {
		steps = append(steps,
			flow.When(q.sheetSays.Is(sheetOtherNIB), flow.Ask(rightNIB)),
			flow.When(q.sheetSays.Is(sheetOtherName), flow.Ask(rightName)),
		)
	}
	return flow.When(flow.Fact("sector", "food"), steps...)
}

// sheetSays is what the files of the sheet, taken together, say. The number counts first.
func sheetSays(v flow.View) string {
	switch files := v.Files(nibSheet); {
	case differs(files, nib.Key, v.Get(nib.Key)):
		return sheetOtherNIB
	case differs(files, "name", v.Fact("name")):
		return sheetOtherName
	}
	return sheetAgrees
}

// differs says whether a file says otherwise and none agrees.
func differs(files []flow.FileAnswer, key, told string) bool {
	otherwise := false
	for _, f := range files {
		switch f.Says(key, told) {
		case flow.Agrees:
			return false
		case flow.Differs:
			otherwise = true
		}
	}
	return otherwise
}

// rightNIB is asked when the sheet has another number than was typed.
var rightNIB = &flow.Field{
	Key: "right_nib", Kind: flow.Choice, Hidden: true,
	Options: func(v flow.View) []flow.Option {
		options := []flow.Option{{ID: "typed", Label: v.Get(nib.Key)}}
		for _, f := range v.Files(nibSheet) {
			for _, number := range f.NIBs {
				if number != v.Get(nib.Key) && !slices.ContainsFunc(options, func(o flow.Option) bool { return o.ID == number }) {
					options = append(options, flow.Option{ID: number, Label: number})
				}
			}
		}
		return append(options, flow.Option{ID: "unsure"})
	},
	Args: func(v flow.View) map[string]string { return map[string]string{"nib": v.Get(nib.Key)} },
}

// rightName is asked when the owner's name is not found on the sheet.
var rightName = &flow.Field{
	Key: "right_name", Kind: flow.Choice, Hidden: true, Options: flow.Options("mine", "unsure"),
	Args: func(v flow.View) map[string]string { return map[string]string{"name": v.Fact("name")} },
}

// nibOf is the NIB as the owner settled it.
func nibOf(v flow.View) answer.NIB {
	if number, err := answer.ParseNIB(v.Get(rightNIB.Key)); err == nil {
		return number
	}
	return answer.NIB(v.Get(nib.Key))
}

// sheetMarks say why staff should look at the sheet.
func sheetMarks(v flow.View) (marks []string) {
	if settled := v.Get(rightNIB.Key); settled == "typed" || settled == "unsure" {
		marks = append(marks, "other_nib")
	}
	if v.Get(rightName.Key) != "" {
		marks = append(marks, "other_name")
	}
	return marks
}
