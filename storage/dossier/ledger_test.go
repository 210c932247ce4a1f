package dossier

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"titian/storage"
)

func ledgerRows(n int) []storage.LedgerRow {
	rows := make([]storage.LedgerRow, n)
	for i := range rows {
		rows[i] = storage.LedgerRow{Position: i + 1, Rank: i + 1, Application: fmt.Sprintf("HAL-2026-%06d", i+1),
			Registration: fmt.Sprintf("IKM-2026-%06d", i+11), Name: fmt.Sprintf("Contoh %d", i+1), Business: "Usaha Contoh",
			RankAt: now.Add(time.Duration(i) * 97 * time.Second), Lot: strings.Repeat("0a", 32), State: storage.StateComplete, Accepted: 9}
		if i < n/2 {
			rows[i].State, rows[i].GrantedAt, rows[i].GrantedBy = storage.StatePlaced, now.AddDate(0, 0, 3), "Petugas Contoh"
		}
	}
	return rows
}

func TestTheBeritaAcaraSaysWhoGotAPlaceAndWhy(t *testing.T) {
	rows := ledgerRows(60)
	rows[3].Override = "Alat produksi dipindah paksa 🚧, disetujui rapat tanggal 20 November"
	rows[5].ReleasedAt, rows[5].Release, rows[5].State = now.AddDate(0, 0, 9), "ditarik pemilik", storage.StateWithdrawn
	rows[8].Name, rows[8].Business = "", ""
	var b bytes.Buffer
	programme := storage.Programme{ID: "p", Name: "Fasilitasi Halal Contoh", Year: 2026, Quota: 30, Opens: now.AddDate(0, -2, 0)}
	if err := WriteLedgerPDF(&b, programme, rows, now.AddDate(0, 1, 0)); err != nil {
		t.Fatal(err)
	}
	kept(t, "ledger", b.Bytes())
	text := flat(words(t, b.Bytes()))
	at := 0
	for _, want := range []string{
		"BERITA ACARA", "Fasilitasi Halal Contoh – tahun 2026", "sejak 24 September 2026", "30 tempat", "29 tempat, sisa 1", "1 tempat", "30 berkas",
		"Aturan urutan", "menurut jaringan pengirim", "A. Pemegang tempat", "HAL-2026-000001", "IKM-2026-000011", "24-11-2026 11.04.05",
		"Petugas Contoh", "Di luar urutan:", "(data dihapus", "B. Tempat yang dilepas", "HAL-2026-000006", "ditarik pemilik",
		"C. Daftar tunggu", "HAL-2026-000060", "Mengetahui, Kepala Dinas",
	} {
		found := strings.Index(text[at:], want)
		if found < 0 {
			t.Fatalf("%q does not follow in\n%s", want, text[at:])
		}
		at += found
	}
	for _, r := range rows {
		if !strings.Contains(text, r.Application) {
			t.Errorf("%s is not in it", r.Application)
		}
	}
}

func TestABeritaAcaraOfNobodyIsADocumentToo(t *testing.T) {
	var b bytes.Buffer
	if err := WriteLedgerPDF(&b, storage.Programme{Name: "Contoh", Year: 2026}, nil, now); err != nil {
		t.Fatal(err)
	}
	kept(t, "nobody", b.Bytes())
	if text := flat(words(t, b.Bytes())); !strings.Contains(text, "Tidak ada yang menunggu.") || !strings.Contains(text, "tidak dibatasi") {
		t.Error(text)
	}
}

func TestThreeHundredRowsOfALedgerAreAllInIt(t *testing.T) {
	var b bytes.Buffer
	if err := WriteLedgerPDF(&b, storage.Programme{Name: "Contoh", Year: 2026, Quota: 150}, ledgerRows(300), now); err != nil {
		t.Fatal(err)
	}
	kept(t, "ledger300", b.Bytes())
	if text := words(t, b.Bytes()); strings.Count(text, "HAL-2026-") != 300 {
		t.Errorf("%d of 300", strings.Count(text, "HAL-2026-"))
	}
}
