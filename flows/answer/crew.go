package answer

import "strconv"

// crew is what an answer about workers says, before it is counted.
type crew struct {
	numbers       []headNumber
	together      int
	me            bool
	meJoined      string // the word that joins "saya" to a number in front of it; "" none
	meFirst       bool   // "saya + 3 orang"
	numbersJoined bool   // a joining word stands before the first number
	ones          int    // suami, istri, ibu
	couple        int    // 1: suami or istri, 2: both
	kin           int    // "anak" without a number
	alone         bool
	only          bool
	with          bool // "sama suami": the speaker is the other one
	include       bool
	exclude       bool
	none          bool
}

// headNumber is one number and the words that say of whom.
type headNumber struct {
	n                            int
	head, staff, group, sex, kin bool
	total, added                 bool // "total 5"; "+ 5"
}

var sexes = set("lelaki laki lk cowok pria l perempuan pr cewek wanita p")

// headCount reads the words of one head count.
func headCount(t string) (int, *Problem) {
	ts := workerTokens(t)
	if len(ts) > 40 {
		return 0, problem(ReasonUnclear)
	}
	c, p := crewOf(ts)
	if p != nil {
		return 0, p
	}
	return c.count()
}

// crewOf reads the words from left to right; an unknown one is a Problem.
func crewOf(ts []string) (crew, *Problem) {
	var c crew
	var label headNumber // "perempuan" in front of its number
	labelled, total := false, false
	join, before := "", workerWord(0) // what joins, and what stood just before
	wasNumber := false
	for i := 0; i < len(ts); {
		if n, used := ber(ts[i:]); used > 0 {
			if c.together > 0 && c.together != n {
				return c, problem(ReasonTwo)
			}
			c.together, i, before, join, wasNumber = n, i+used, 0, "", false
			continue
		}
		if n, used := headDigits(ts[i:]); used > 0 {
			if wasNumber && join == "" && !total {
				return c, problem(ReasonRange)
			}
			c.numbersJoined = c.numbersJoined || len(c.numbers) == 0 && join != ""
			h := label
			h.n, h.total, h.added = n, total, join == "+" || join == "tambah" || join == "ditambah" || join == "plus"
			i += used
			for ; i < len(ts) && h.describe(ts[i], labelled); i++ {
			}
			c.numbers = append(c.numbers, h)
			label, labelled, total, join, before, wasNumber = headNumber{}, false, false, "", workerHead, i > 0 && headNumberEnds(ts[i-1])
			continue
		}
		w := ts[i]
		kind := workerWords[w]
		switch kind {
		case workerFill:
			if w != "." && w != ":" && w != "!" {
				kind = before
			}
		case workerMe:
			if (before == workerOne || before == workerKin || before == workerStaff) && join == "" { // "suami saya"
				break
			}
			c.meFirst = c.meFirst || len(c.numbers) == 0
			if !c.me && len(c.numbers) > 0 {
				c.meJoined = join
			}
			c.me = true
		case workerOne:
			if (w == "ibu" || w == "bapak" || w == "mama") && join == "" && i == len(ts)-1 {
				break // "5 orang, bapak" is politeness
			}
			c.ones++
			if len(w) > 4 && (w[:5] == "suami" || w[:5] == "istri" || w[:5] == "ister") {
				c.couple++
			}
			c.with = c.with || join == "sama" || join == "dengan" || join == "dgn"
		case workerKin, workerFamily, workerStaff, workerHead, workerGroup:
			if labels(ts[i+1:]) {
				label.describe(w, false)
				c.numbersJoined = c.numbersJoined || len(c.numbers) == 0 && join != ""
				labelled, wasNumber = true, false
			} else if kind == workerKin || kind == workerFamily || kind == workerStaff && c.me {
				c.kin++
				c.with = c.with || join == "sama" || join == "dengan" || join == "dgn"
			} else if kind == workerGroup && len(c.numbers) == 0 && !c.none {
				return c, problem(ReasonUnclear)
			}
		case workerJoin:
			join = w
			i++
			wasNumber = wasNumber && w == ","
			before = workerJoin
			continue
		case workerTotal:
			total = total || w != "=" || !labelled // "L=2" is a label
		case workerAlone:
			c.alone = true
		case workerOnly:
			c.only = true
		case workerInclude:
			c.include = true
		case workerExclude:
			c.exclude = true
		case workerNone:
			c.none = true
		case workerSpan:
			return c, problem(ReasonRange)
		case workerLimit:
			return c, problem(ReasonLimit)
		default:
			return c, problem(ReasonUnclear)
		}
		if kind != before || kind == workerMe {
			join = ""
		}
		if kind != workerFill {
			before = kind
		}
		i++
	}
	if join != "" && join != "," && join != ";" && before == workerJoin { // "3+"
		return c, problem(ReasonLimit)
	}
	return c, nil
}

// headDigits reads a number of up to four digits, or number words.
func headDigits(ts []string) (n, used int) {
	if digitsOnly(ts[0]) {
		if len(ts[0]) > 4 || len(ts[0]) > 1 && ts[0][0] == '0' {
			return maxWorkers + 1, 1
		}
		n, _ = strconv.Atoi(ts[0])
		return n, 1
	}
	if _, ok := units[ts[0]]; ok && units[ts[0]] == 0 {
		return 0, 0
	}
	return below1000(ts)
}

func headNumberEnds(w string) bool { return digitsOnly(w) || spell(w) != nil }

// labels tells that a number follows: the word in front of it says of whom it is.
func labels(ts []string) bool {
	for i, w := range ts {
		if i > 3 {
			return false
		}
		if _, used := headDigits(ts[i:]); used > 0 {
			return true
		}
		if k := workerWords[w]; w != ":" && w != "=" && w != "ada" && k != workerGroup && k != workerHead && k != workerTotal {
			return false
		}
	}
	return false
}

// describe takes a word behind (or in front of) the number; a labelled number takes only "orang" behind it.
func (h *headNumber) describe(w string, labelled bool) bool {
	switch workerWords[w] {
	case workerFamily:
		h.kin = h.kin || !h.head && w != "anggota" // "2 keluarga" are how many?
		h.head = true
	case workerHead:
		h.head = true
	case workerStaff:
		h.staff = true
	case workerGroup:
		if labelled {
			return false
		}
		h.group, h.sex = true, h.sex || sexes[w]
	case workerKin:
		h.kin = true
	default:
		return false
	}
	return true
}
