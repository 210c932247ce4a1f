package answer

// amount is one coefficient and its unit: 2,5 juta is {2500, 1e6}.
type amount struct {
	milli   int64
	unit    int64 // 0: none was typed
	decimal bool
	number  number
	rp      bool
}

// moneyOf reads the words of one sum; "empty" when there are only fillers.
func moneyOf(t string) (Rupiah, *Problem) {
	ts := moneyTokens(t)
	if len(ts) > 40 {
		return 0, problem(ReasonUnclear)
	}
	var sum []amount
	closed, rp := false, false
	var period *Problem
	for i := 0; i < len(ts); {
		w := ts[i]
		if used := monthly(ts[i:]); used > 0 {
			closed, i = closed || len(sum) > 0, i+used
			if i < len(ts) && ts[i] == "ini" { // this one month, not a usual one
				return 0, problem(ReasonPeriod)
			}
			continue
		}
		a, used, p := amountAt(ts[i:])
		if p != nil {
			return 0, p
		}
		if used > 0 {
			if next := i + used; next < len(ts) && a.unit == 0 && otherCount(ts[next]) {
				return 0, problem(ReasonPeriod)
			}
			switch {
			case period != nil: // "sehari 100 ribu"
				return 0, period
			case closed:
				return 0, problem(ReasonTwo)
			}
			a.rp = rp
			sum, i, rp = append(sum, a), i+used, false
			continue
		}
		switch moneyWords[w] {
		case fillerWord:
			rp = rp || w == "rp" || w == "idr"
			closed = closed || len(sum) > 0
		case otherPeriod:
			period = problem(ReasonPeriod)
			closed = true
		case spanWord:
			return 0, problem(ReasonRange)
		case limitWord:
			return 0, problem(ReasonLimit)
		case noneWord:
			return 0, problem(ReasonNone)
		default:
			if p := moneySign(w, i == len(ts)-1, len(sum) > 0); p != nil {
				return 0, p
			}
		}
		i++
	}
	if period != nil {
		return 0, period
	}
	return total(sum)
}

// moneySign judges a sign or unknown word between the numbers.
func moneySign(w string, last, after bool) *Problem {
	switch w {
	case ".", ",", "!", ":", ";", "\"", "'", "=", "🙏", "😊", "😁":
		return nil
	case "-":
		if last {
			return nil
		}
		return problem(ReasonRange)
	case "/":
		return problem(ReasonPeriod)
	case "<", ">", "≤", "≥":
		return problem(ReasonLimit)
	case "an":
		if after {
			return nil
		}
	}
	return problem(ReasonUnclear)
}

// monthly consumes "per bulan", "/bln", "1 bulan": the period that is asked for.
func monthly(ts []string) int {
	i := 0
	for i < len(ts) && (ts[i] == "/" || ts[i] == "per" || ts[i] == "tiap" || ts[i] == "setiap" || ts[i] == "-" || ts[i] == "@") {
		i++
	}
	if i < len(ts) && (ts[i] == "1" || ts[i] == "satu") {
		i++
	}
	if i < len(ts) && moneyWords[ts[i]] == monthWord {
		return i + 1
	}
	return 0
}

// otherCount tells that the word after a bare number makes it a count of something else than rupiah ("3 bulan", "2 kali").
func otherCount(w string) bool {
	return moneyWords[w] == otherPeriod || w == "bulan" || w == "bln" || w == "bl"
}

// amountAt reads one amount at the start of ts; used is 0 when there is none.
func amountAt(ts []string) (a amount, used int, p *Problem) {
	at := func(i int) string {
		if i < len(ts) {
			return ts[i]
		}
		return ""
	}
	if u, ok := oneUnits[at(0)]; ok {
		a, used = amount{milli: 1000, unit: u}, 1
		if at(1) == "setengah" && moneyUnits[at(2)] == 0 {
			a.milli, a.decimal, used = 1500, true, 2
		}
		return a, used, nil
	}
	i := 0
	switch {
	case at(0) == "setengah":
		a, i = amount{milli: 500, decimal: true}, 1
	case at(0) == "seperempat":
		a, i = amount{milli: 250, decimal: true}, 1
	case at(0) != "" && isDigit(rune(at(0)[0])):
		if a, i, p = numeralAt(ts); p != nil {
			return a, 0, p
		}
	default:
		n, k := below1000(ts)
		if k == 0 || n == 0 && k == 1 && at(1) != "koma" {
			return a, 0, nil
		}
		a, i = amount{milli: int64(n) * 1000, number: number{exact: true}}, k
	}
	if at(i) == "koma" {
		n, ok := unit(at(i + 1))
		if !ok || a.decimal {
			return a, 0, problem(ReasonAmbiguous)
		}
		a.milli, a.decimal, i = a.milli+int64(n)*100, true, i+2
	}
	if at(i) == "setengah" && moneyUnits[at(i+1)] > 0 && !a.decimal {
		a.milli, a.decimal, i = a.milli+500, true, i+1
	}
	if at(i) == "an" && moneyUnits[at(i+1)] > 0 {
		i++
	}
	if u, ok := moneyUnits[at(i)]; ok {
		a.unit, i = u, i+1
		if at(i) == "setengah" && moneyUnits[at(i+1)] == 0 && !a.decimal {
			a.milli, a.decimal, i = a.milli+500, true, i+1
		}
		if a.number.grouped || !a.number.exact && a.number.milli > 0 {
			return a, 0, problem(ReasonAmbiguous) // "1.250 juta"
		}
	}
	return a, i, nil
}

// numeralAt reads digits at the start of ts: a literal, "2 1/2", "2 500 000", "5 ratus".
func numeralAt(ts []string) (a amount, used int, p *Problem) {
	n, p := numeral(ts[0])
	if p != nil {
		return a, 0, p
	}
	a, used = amount{milli: n.milli, decimal: n.decimal, number: n}, 1
	if !n.grouped && !n.decimal && n.milli < 1000_000 {
		if k := spaced(ts); k > 1 {
			for _, g := range ts[1:k] {
				a.milli = a.milli*1000 + mustAtoi(g)*1000
			}
			a.number.milli = a.milli
			return a, k, nil
		}
		if k, m := below1000(ts); m > 1 {
			return amount{milli: int64(k) * 1000, number: number{exact: true}}, m, nil
		}
	}
	rest := ts[1:]
	if len(rest) >= 3 && rest[1] == "/" && halves[rest[0]+"/"+rest[2]] > 0 && !n.decimal && !n.grouped {
		a.milli, a.decimal, used = a.milli+halves[rest[0]+"/"+rest[2]], true, 4
	} else if len(rest) >= 2 && rest[0] == "/" && halves[ts[0]+"/"+rest[1]] > 0 {
		a.milli, a.decimal, used = halves[ts[0]+"/"+rest[1]], true, 3
	}
	return a, used, nil
}

var halves = map[string]int64{"1/2": 500, "1/4": 250, "3/4": 750}

// spaced counts the groups of a number written with spaces for thousands ("2 500 000"); the last must be 000 to be sure.
func spaced(ts []string) int {
	k := 1
	for k < len(ts) && len(ts[k]) == 3 && digitsOnly(ts[k]) {
		k++
	}
	if k > 1 && ts[k-1] == "000" && k <= 4 && (k > 2 || len(ts[0]) > 1) {
		return k
	}
	return 1
}

func mustAtoi(s string) int64 {
	var n int64
	for _, r := range s {
		n = n*10 + int64(r-'0')
	}
	return n
}

// total adds the amounts of one sum: units must fall ("1 juta 500 ribu"), only a single amount may have decimals, and a last one
// without a unit must be written out ("2 juta 500.000"); "2 juta 500" is asked again.
func total(sum []amount) (Rupiah, *Problem) {
	if len(sum) == 0 {
		return 0, problem(ReasonEmpty)
	}
	var milli, last int64
	for i, a := range sum {
		unit := a.unit
		if unit == 0 {
			unit = 1
			if p := bare(a, i > 0); p != nil {
				return 0, p
			}
		}
		if a.milli > maxRupiah/unit*1000 {
			return 0, problem(ReasonRange)
		}
		if i > 0 && (a.milli*unit >= last*1000 || a.decimal || sum[i-1].decimal || sum[i-1].unit == 0) {
			return 0, problem(ReasonAmbiguous)
		}
		milli, last = milli+a.milli*unit, unit
	}
	switch {
	case milli == 0:
		return 0, problem(ReasonNone)
	case milli > maxRupiah*1000:
		return 0, problem(ReasonRange)
	}
	return Rupiah(milli / 1000), nil
}

// bare judges an amount without a unit.
func bare(a amount, second bool) *Problem {
	switch {
	case a.milli == 0 && !second:
		return problem(ReasonNone)
	case second && a.milli < 1000_000:
		return problem(ReasonAmbiguous)
	case a.decimal || a.milli < 1000_000:
		return problem(ReasonUnit)
	case !a.number.exact && !a.rp:
		return problem(ReasonAmbiguous)
	}
	return nil
}
