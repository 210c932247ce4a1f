package answer

import (
	"errors"
	"fmt"
	"time"
)

// Understand reads one line as the answer to a question of that kind (phone money yesno kecamatan date workers products nik nib) and
// returns what encoding/json can print: string, int64, bool, "2024-06-12", []string; nil when it must be asked again. An unknown kind
// is an error.
func Understand(kind, line string, city City, today time.Time) (any, error) {
	var value any
	var err error
	switch kind {
	case "phone":
		var p Phone
		p, err = ParsePhone(line)
		value = p.E164()
	case "money":
		var r Rupiah
		r, err = ParseRupiah(line)
		value = int64(r)
	case "yesno":
		value, err = ParseYesNo(line)
	case "kecamatan":
		value, err = city.ParseKecamatan(line)
	case "date":
		var t time.Time
		t, err = ParseDate(line, today)
		value = t.Format(time.DateOnly)
	case "workers":
		var n int
		n, err = ParseWorkers(line)
		value = int64(n)
	case "products":
		value, err = ParseProducts(line)
	case "nik":
		var n NIK
		n, err = ParseNIK(line, today)
		value = n.Digits()
	case "nib":
		var n NIB
		n, err = ParseNIB(line)
		value = n.Digits()
	default:
		return nil, fmt.Errorf("understand %q: want phone, money, yesno, kecamatan, date, workers, products, nik or nib", kind)
	}
	var p *Problem
	if errors.As(err, &p) {
		return nil, nil
	}
	return value, err
}
