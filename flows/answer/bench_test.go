package answer

import (
	"strings"
	"testing"
)

func benchmark[T any](b *testing.B, in string, parse func(string) (T, error)) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		_, _ = parse(in)
	}
}

func BenchmarkPhone(b *testing.B)  { benchmark(b, "wa 0852-1111-2345 ya", ParsePhone) }
func BenchmarkRupiah(b *testing.B) { benchmark(b, "sekitar Rp 2.500.000,- per bulan", ParseRupiah) }
func BenchmarkRupiahInWords(b *testing.B) {
	benchmark(b, "tujuh ratus lima puluh ribu", ParseRupiah)
}
func BenchmarkYesNo(b *testing.B) { benchmark(b, "iye bu, sudah benar semua", ParseYesNo) }
func BenchmarkKecamatan(b *testing.B) {
	benchmark(b, "kel anggoeya kec poasia", kendari(b).ParseKecamatan)
}
func BenchmarkKecamatanTypo(b *testing.B) { benchmark(b, "mndonga", kendari(b).ParseKecamatan) }
func BenchmarkKecamatanOfNowhere(b *testing.B) {
	benchmark(b, "ma dona(X00#kendari", kendari(b).ParseKecamatan)
}
func BenchmarkKelurahan(b *testing.B) {
	city := kendari(b)
	benchmark(b, "lepo2", func(s string) (string, error) { return city.ParseKelurahan("Baruga", s) })
}
func BenchmarkDate(b *testing.B) {
	benchmark(b, "rabu tgl 12 juni 2024", func(s string) (any, error) { return ParseDate(s, today) })
}
func BenchmarkWorkers(b *testing.B) { benchmark(b, "saya, suami, dan 1 anak", ParseWorkers) }
func BenchmarkProducts(b *testing.B) {
	benchmark(b, "kami jual abon ikan, keripik pisang dan sambal roa dll", ParseProducts)
}
func BenchmarkNIK(b *testing.B) {
	benchmark(b, "NIK: 7471 0512 0385 0001", func(s string) (NIK, error) { return ParseNIK(s, today) })
}
func BenchmarkNIB(b *testing.B)  { benchmark(b, "9120001234567", ParseNIB) }
func BenchmarkNPWP(b *testing.B) { benchmark(b, "01.234.567.8-901.000", ParseNPWP) }
func BenchmarkPIRT(b *testing.B) { benchmark(b, "2027471010001-25", ParsePIRT) }
func BenchmarkName(b *testing.B) { benchmark(b, "nama saya Wa Ode Siti", ParseName) }
func BenchmarkAddress(b *testing.B) {
	benchmark(b, "Jl. Budi Utomo No. 12 RT 03 RW 05", ParseAddress)
}
func BenchmarkNavigation(b *testing.B) {
	benchmark(b, "menu utama pak", func(s string) (bool, error) { _, ok := Navigation(s); return ok, nil })
}
func BenchmarkPicks(b *testing.B) {
	benchmark(b, "1 dan 3", func(s string) ([]int, error) { return ParsePicks(s, 5) })
}
func BenchmarkMatchLabel(b *testing.B) {
	labels := kendari(b).Kecamatan()
	benchmark(b, "kendari brat", func(s string) (int, error) { i, _ := MatchLabel(s, labels); return i, nil })
}
func BenchmarkHugeText(b *testing.B) {
	benchmark(b, strings.Repeat("a", 1<<20), ParseProducts)
}
