package answer

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
	for _, h := range c.numbers {
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
