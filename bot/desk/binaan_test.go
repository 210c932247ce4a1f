package desk_test

import (
	"testing"

	"titian/storage"
	"titian/storage/postgres"
)

func TestStaffMarkAnOwnerAsBinaanAndTakeItBackAndTheAuditSaysWho(t *testing.T) {
	h := setup(t)
	ani, boss, budi := h.Invite("Ani", storage.RoleOfficer), h.Invite("Boss", storage.RoleAdmin), h.Invite("Budi", storage.RoleCompanion)
	registers(h, "contoh", nil)
	binaan := func() (marked bool) {
		t.Helper()
		err := h.DB.ExportOwners(t.Context(), false, "", func(o postgres.OwnerRow) error { marked = o.Binaan; return nil })
		if err != nil {
			t.Fatal(err)
		}
		return marked
	}
	if binaan() {
		t.Error("a registration is in the binaan before anyone said so")
	}
	has(t, budi.Says("/binaan IKM-2026-000001"), "hanya untuk petugas dan admin")
	hasNot(t, h.Person("contoh").Says("/binaan IKM-2026-000001"), "binaan")
	has(t, ani.Says("/bantuan"), "/binaan NOMOR")
	has(t, ani.Says("/binaan"), "Contoh: /binaan")
	has(t, ani.Says("/binaan IKM-2026-000001 mungkin"), "Contoh: /binaan")
	has(t, ani.Says("/binaan IKM-2026-000009"), "Tidak ada pendaftaran")
	if binaan() {
		t.Error("it was marked by someone who may not, or by what is no mark")
	}
	has(t, ani.Says("/binaan ikm 2026 000001"), "sekarang ditandai")
	has(t, ani.Says("/binaan IKM-2026-000001 ya"), "memang sudah")
	if !binaan() {
		t.Error("the mark of a petugas does not stand in the export")
	}
	has(t, boss.Says("/binaan IKM-2026-000001 tidak"), "sekarang tidak ditandai")
	has(t, boss.Says("/binaan IKM-2026-000001 tidak"), "memang tidak")
	if binaan() {
		t.Error("the mark was not taken back")
	}
	for change, want := range map[string]string{"false": "true", "true": "false"} {
		if n := count(t, h, `SELECT count(*) FROM audit WHERE action = 'set binaan' AND actor LIKE 'staff:%'
			AND before->>'binaan' = $1 AND after->>'binaan' = $2`, change, want); n != 1 {
			t.Errorf("%d rows of the audit say that it went from %s to %s", n, change, want)
		}
	}
	p := h.Person("contoh")
	has(t, boss.Says("/binaan IKM-2026-000001"), "sekarang ditandai")
	p.Says("ubah")
	p.Says("0001")
	p.Says("ubah alamat")
	p.Says("Jl. Contoh No. 2")
	has(t, p.Says("kirim"), "sudah diperbarui")
	if !binaan() {
		t.Error("an amendment by the owner took the mark of the dinas away")
	}
}
