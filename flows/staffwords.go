package flows

import (
	"strconv"
	"strings"

	"titian/flows/answer"
	"titian/flows/flow"
	"titian/storage"
)

// The acts of staff that need words: the fact "act" of StaffWords.
const (
	ActFix      = "fix"      // an item is sent back for a reason of one's own
	ActOverride = "override" // a place out of order
	ActHand     = "hand"     // to a pendamping
	ActApply    = "apply"    // SiHalal's number
	ActReturn   = "return"   // items that SiHalal wants replaced
	ActRefuse   = "refuse"
	ActIssue    = "issue"   // the certificate and its number
	ActAdd      = "add"     // a document that was brought to the counter
	ActCorrect  = "correct" // an answer, whose path is the item
	ActAnswer   = "answer"  // words for an owner; "application" is the thread

	ActAnnounce = "announce" // to many: the flow Announce
)

// staffWords asks a member of staff for the words, the number or the file that their act needs. Facts: "act", "application",
// "item", "revision", and "prompt", which is what is asked.
func staffWords() *flow.Flow {
	byPick, hand, issue := flow.Fact("pick", "yes"), flow.Fact("act", ActHand), flow.Fact("act", ActIssue)
	return flow.New("staff_words", 2,
		flow.When(flow.Fact("act", ActReturn), flow.Ask(returned)),
		flow.When(flow.All(hand, byPick), flow.Ask(pendamping)),
		flow.When(issue,
			flow.Ask(certificateNumber),
			flow.Ask(certificatePDF),
			flow.When(certificateSays.Is(flow.Differs),
				flow.Ask(certificateRight),
				flow.When(certificateRight.Is("retype"), flow.Ask(certificateAgain)),
			),
		),
		flow.When(flow.Fact("act", ActAdd), flow.Ask(brought), flow.Ask(whole)),
		flow.When(flow.Not(flow.Any(flow.Fact("act", ActAdd), issue, flow.All(hand, byPick))), flow.Ask(staffSays)),
		flow.When(hand, flow.Ask(handedOn)),
		flow.Submit("said", staffAct),
	)
}

var brought = &flow.Field{
	Key: "brought", Kind: flow.Files, Max: 4, Want: flow.Want{PDF: true},
	Args: func(v flow.View) map[string]string { return map[string]string{"prompt": v.Fact("prompt")} },
}

var staffSays = &flow.Field{
	Key: "words", Kind: flow.Text, Hidden: true,
	Parse: func(text string, v flow.View) (flow.Understood, error) {
		words, most := strings.Join(strings.Fields(answer.NormaliseText(text)), " "), 300
		if v.Fact("act") == ActAnswer {
			most = 1000
		}
		if n := len([]rune(words)); n < 2 || n > most {
			return flow.Understood{}, &answer.Problem{Reason: "long"}
		}
		return flow.Understood{Value: words}, nil
	},
	Args:    func(v flow.View) map[string]string { return map[string]string{"prompt": v.Fact("prompt")} },
	Samples: []string{"tulisan NIK belum terbaca"}, Bad: []string{"x"},
}

// staffAct is what the words make of the act.
func staffAct(v flow.View) any {
	id, words := storage.ApplicationID(v.Fact("application")), v.Get(staffSays.Key)
	switch v.Fact("act") {
	case ActAnswer:
		return storage.AnswerOwner{Thread: storage.ThreadID(id), Words: words}
	case ActFix:
		revision, _ := strconv.Atoi(v.Fact("revision"))
		return storage.GiveVerdict{Application: id, Item: v.Fact("item"), Revision: revision, Verdict: storage.VerdictFix, Words: words}
	case ActOverride:
		return storage.GrantPlace{Application: id, Override: words}
	case ActHand:
		return storage.MoveApplication{Application: id, To: storage.StateHanded, Person: pendampingOf(v, words), At: dayOf(v)}
	case ActApply:
		return storage.MoveApplication{Application: id, To: storage.StateApplied, SiHalal: words, Code: "OF10"}
	case ActReturn:
		return storage.MoveApplication{Application: id, To: storage.StateReturned, Items: v.List(returned.Key), Reason: words, Code: "OF280"}
	case ActRefuse:
		return storage.MoveApplication{Application: id, To: storage.StateRefused, Reason: words}
	case ActAdd:
		return storage.AddByStaff{Application: id, Item: v.Fact("item"), Files: fileIDs(v.Files(brought.Key))}
	case ActCorrect:
		return storage.CorrectAnswer{Application: id, Field: v.Fact("item"), Value: words}
	case ActIssue:
		m := storage.MoveApplication{Application: id, To: storage.StateIssued, Certificate: certificateOf(v), Code: "OF300"}
		if files := v.Files(certificatePDF.Key); len(files) > 0 {
			m.File = storage.FileID(files[0].ID)
		}
		return m
	}
	return nil
}
