package roster

import (
	"errors"

	"titian/flows/answer"
)

// reasons say in Indonesian why a cell cannot be read.
var reasons = map[string]string{
	answer.ReasonEmpty: "kosong", answer.ReasonLong: "terlalu panjang", answer.ReasonShort: "terlalu pendek",
	answer.ReasonAmbiguous: "dapat dibaca dua macam", answer.ReasonTwo: "berisi dua jawaban", answer.ReasonRange: "berupa rentang atau di luar batas",
	answer.ReasonDate: "memuat tanggal lahir yang tidak ada", answer.ReasonSerial: "berakhir 0000", answer.ReasonForeign: "bukan nomor Indonesia",
	answer.ReasonLandline: "nomor telepon rumah", answer.ReasonMasked: "disamarkan dengan x atau *", answer.ReasonGeneric: "terlalu umum",
	answer.ReasonOutside: "di luar kota", answer.ReasonElsewhere: "bukan di kecamatan itu", answer.ReasonUnit: "tanpa satuan", answer.ReasonPeriod: "bukan per bulan",
}

// reason never repeats what stood in the cell; of digits it tells how many there were.
func reason(err error) string {
	var p *answer.Problem
	if !errors.As(err, &p) {
		return "tidak dapat dibaca"
	}
	if got := p.Args["got"]; p.Reason == answer.ReasonLength && len(got) <= 3 && got != "" {
		return "berisi " + got + " angka, seharusnya " + p.Args["want"]
	}
	if said, ok := reasons[p.Reason]; ok {
		return said
	}
	return "tidak jelas"
}
