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
	case workerHead, workerFamily:
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

// count turns what was said into a number of people, or asks again.
func (c crew) count() (int, *Problem) {
	unsure := problem(ReasonAmbiguous)
	people := c.ones + c.kin
	switch {
	case c.none && !(len(c.numbers) == 0 && people == 0 && c.together == 0 && (c.alone || c.me && c.only)):
		return 0, problem(ReasonNone)
	case c.together > 0:
		if len(c.numbers) == 1 && c.numbers[0].n == c.together && !c.numbers[0].staff && !c.numbers[0].kin {
			return c.together, nil
		}
		if len(c.numbers) > 0 || people+1 > c.together && people > 1 || c.alone || c.exclude {
			return 0, unsure
		}
		return c.together, nil
	case c.alone:
		if people > 0 || len(c.numbers) > 1 || len(c.numbers) == 1 && (c.numbers[0].n != 1 || c.numbers[0].staff || c.numbers[0].kin) {
			return 0, unsure
		}
		return 1, nil
	case len(c.numbers) == 0:
		return c.countWords()
	}
	return c.countNumbers()
}

// countWords counts "saya dan istri", "suami istri", "cuma saya".
func (c crew) countWords() (int, *Problem) {
	switch {
	case c.include || c.exclude || c.kin > 0:
		return 0, problem(ReasonAmbiguous)
	case c.couple == 2 && c.ones == 2:
		return 2, nil
	case c.me && c.ones > 0, c.with && c.ones > 0:
		return 1 + c.ones, nil
	case c.me && c.only:
		return 1, nil
	}
	return 0, problem(ReasonUnclear)
}

func (c crew) countNumbers() (int, *Problem) {
	unsure := problem(ReasonAmbiguous)
	sum, total, parts, p := c.sums()
	if p != nil {
		return 0, p
	}
	first := c.numbers[0]
	others := c.ones
	switch {
	case c.include && c.exclude, c.include && (!c.me || c.ones+c.kin > 0), c.exclude && (!c.me || c.ones+c.kin > 0):
		return 0, unsure
	case c.include:
		return agree(sum, total, parts)
	case c.exclude:
		return agree(sum+1, total, parts)
	case c.kin > 0 && !(len(c.numbers) == 1 && listed(c, first)):
		return 0, unsure
	case c.couple == 2 && !c.me:
		return agree(sum+others, total, parts)
	case len(c.numbers) == 1 && listed(c, first):
		return first.n, nil
	case c.me && c.meFirst:
		if c.meUnjoined() {
			return 0, unsure
		}
		return agree(sum+others+1, total, parts)
	case c.me:
		if c.meJoined == "" || c.meJoined == "," || (c.meJoined == "sama" || c.meJoined == "dengan" || c.meJoined == "dgn") && !first.staff {
			return 0, unsure
		}
		return agree(sum+others+1, total, parts)
	case others > 0 || first.kin || c.numbersJoined: // "sama 3 orang"
		return 0, unsure
	}
	for _, h := range c.numbers {
		if h.staff || h.kin {
			return 0, unsure // with the owner or without?
		}
	}
	if len(c.numbers) == 1 && first.group && !first.head && !first.sex {
		return 0, unsure
	}
	return agree(sum, total, parts)
}

// meUnjoined tells that "saya" stands before a number with nothing between ("saya 3 orang"): of whom is it?
func (c crew) meUnjoined() bool { return c.meFirst && c.meJoined == "" && !c.numbersJoined }

// listed tells that the people named are just as many as the number in front of them ("2 orang, saya dan suami").
func listed(c crew, h headNumber) bool {
	return c.me && !c.meFirst && (c.meJoined == "" || c.meJoined == ",") && !h.staff && !h.kin && h.n == 1+c.ones+c.kin
}

func agree(sum, total int, parts int) (int, *Problem) {
	switch {
	case total > 0 && parts > 0 && sum != total:
		return 0, problem(ReasonTwo)
	case total > 0:
		return total, nil
	}
	return sum, nil
}

// sums adds the numbers that make a sum; a number in front of its own parts ("5 orang, 2 laki 3 perempuan") is the total.
func (c crew) sums() (sum, total, parts int, p *Problem) {
	plain := 0
	for i, h := range c.numbers {
		if h.n > maxWorkers {
			return 0, 0, 0, problem(ReasonRange)
		}
		if h.total {
			total = h.n
			continue
		}
		sum, parts = sum+h.n, parts+1
		if !h.group && !h.kin && !h.added {
			plain++
		}
		_ = i
	}
	first := c.numbers[0]
	if parts > 2 && !first.group && !first.kin && !first.total && plain == 1 && sum-first.n == first.n {
		return first.n, first.n, 1, nil
	}
	if parts > 1 && plain > 1 || parts > 2 && plain == 1 && !first.group && !c.numbers[1].added && !first.staff && !c.me {
		return 0, 0, 0, problem(ReasonAmbiguous)
	}
	if parts == 2 && plain == 1 && !first.group && !c.numbers[1].added && !first.staff && !first.kin && !c.me && total == 0 {
		return 0, 0, 0, problem(ReasonAmbiguous) // "5 orang, 2 perempuan": part of it, or more?
	}
	return sum, total, parts, nil
}
