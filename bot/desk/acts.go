package desk

import (
	"strconv"
	"strings"

	"titian/bot/chat"
	"titian/storage"
)

// act is what a button of the desk does. It goes over the wire as one or two letters, and buttons stay in chats for weeks:
// letters are never given another meaning.
type act string

const (
	actNext    act = "n" // take the file that is first
	actClaim   act = "c" // take this file
	actOpen    act = "o" // look at a file without taking it
	actItem    act = "i" // look at one item
	actRelease act = "x" // put the file back

	actAccept act = "a"  // an item is good
	actFix    act = "f"  // an item goes back, for one of the ready reasons
	actWords  act = "w"  // an item goes back, in the officer's own words
	actUndo   act = "u"  // no verdict, after all
	actRest   act = "r"  // what bears no mark is good
	actEnd    act = "e"  // the owner hears of the verdicts
	actSettle act = "q"  // a task is done
	actAdd    act = "ad" // add what was brought to the counter

	actCorrect act = "co" // the answers of a section that staff may write
	actWrite   act = "cf" // write one of them
	actKBLI    act = "kb" // take this code for the KBLI

	actPlace    act = "g" // give a place, in order
	actOverride act = "v" // give it out of order, with a reason
	actRefuse   act = "j" // the application is refused

	actHand    act = "h" // to a pendamping
	actDossier act = "z" // send what is handed on
	actApply   act = "p" // it was applied for in SiHalal
	actCodes   act = "k" // which code SiHalal shows
	actCode    act = "s" // it shows this one
	actReturn  act = "b" // SiHalal sent it back
	actIssue   act = "t" // the certificate is there

	actCalled act = "l" // somebody was telephoned

	actLink act = "wa" // link the dinas's phone anew

	actUnbrake act = "ub" // unasked messages may go out again

	actAnswer act = "tb" // answer a contact
	actClose  act = "ts" // the talk is over
	actGive   act = "to" // another officer goes on
)

// The acts of broadcasts.
const (
	actNew       act = "bn" // write one
	actBroadcast act = "bo" // look at one
	actSend      act = "bs"
	actTest      act = "bt" // send it to oneself
	actEdit      act = "be" // change one answer
	actApprove   act = "ba"
	actDecline   act = "bd"
	actPause     act = "bp"
	actResume    act = "br"
	actRetry     act = "bu"
	actUnsure    act = "bw" // asks before it sends once more
	actVersion   act = "bv" // a new version of one that started
	actChoose    act = "bk" // who may be chosen for a place
	actCloses    act = "bq" // no more are chosen: asks first
	actClosed    act = "by"
	actCancel    act = "bc" // asks first
	actCancelYes act = "bx"
	actList      act = "bl" // who answered an invitation, to print
	actCallList  act = "bf" // whom of them to telephone
)

// wordsOf names the acts of the flow StaffWords: they need words before they can be done.
var wordsOf = map[act]string{
	actAdd: "add", actWords: "fix", actOverride: "override", actHand: "hand", actApply: "apply", actReturn: "return",
	actRefuse: "refuse", actIssue: "issue", actAnswer: "answer",
}

// desksOwn begins every button of the desk; behind it stand the act, the file, talk, task or call, and what the act is about.
const desksOwn = "d:"

// button is one of the desk's. An application's id has 26 letters, an item's key at most 20: 64 bytes hold them (chat.MaxChoiceID).
func button(label string, does act, args ...string) chat.Choice {
	return chat.Choice{ID: desksOwn + strings.Join(append([]string{string(does)}, args...), ":"), Label: label}
}

// tap is a button of the desk, read. What is not in it is empty.
type tap struct {
	does     act
	of       string // the file; the talk, task or call
	item     string // or the section, or the code
	revision string // of the item; or which field of the section
	reason   string // which of the ready ones
}

func readTap(choice string) tap {
	parts := append(strings.Split(strings.TrimPrefix(choice, desksOwn), ":"), "", "", "", "")
	return tap{does: act(parts[0]), of: parts[1], item: parts[2], revision: parts[3], reason: parts[4]}
}

func (t tap) file() storage.ApplicationID { return storage.ApplicationID(t.of) }
func (t tap) talk() storage.ThreadID      { return storage.ThreadID(t.of) }

// number is a task or a call; 0, which is none, when it cannot be read.
func (t tap) number() int64 {
	n, _ := strconv.ParseInt(t.of, 10, 64)
	return n
}

// verdict is what a tap says of an item.
func (t tap) verdict(v storage.Verdict, reason string) storage.GiveVerdict {
	revision, _ := strconv.Atoi(t.revision)
	return storage.GiveVerdict{Application: t.file(), Item: t.item, Revision: revision, Verdict: v, Reason: reason}
}
