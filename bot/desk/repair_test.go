package desk_test

import (
	"testing"

	"titian/storage"
)

func TestARepairThatIsNoLongerWantedIsNotAskedForAndOneThatChangedIsAskedAnew(t *testing.T) {
	h := setup(t)
	opens(t, h, 120)
	ani := h.Invite("Ani", storage.RoleOfficer)
	owner := files(t, h, "contoh", "7471051203850001", "0000000000017")
	sendsBack(t, ani)
	hears(t, h, "contoh", 0, "sudah diperiksa, terima kasih")
	owner.Hears()
	has(t, owner.Says("halal"), "Mohon kirim foto KTP")

	ani.Taps("Batalkan putusan") // of the KTP; the NIB it is
	ani.Taps("8. Lembar NIB")
	ani.Taps("Perbaiki: buram")
	ani.Taps("Terima sisanya")
	from := len(h.Network.Sent("contoh"))
	has(t, ani.Taps("Selesai memeriksa"), "menunggu perbaikan pemilik")
	hears(t, h, "contoh", from, "Lembar NIB")
	owner.Hears()
	said := owner.Says("halal")
	has(t, said, "Lembar NIB")
	hasNot(t, said, "Mohon kirim foto KTP")
	owner.Gives(h.Network.Photo("contoh", picture(t, 200), ""))
	has(t, owner.Says("kirim"), "sudah kami terima")
	if n := count(t, h, `SELECT count(*) FROM applications WHERE state = 'submitted'`); n != 1 {
		t.Error("the repair does not bring the file back to review")
	}
}

func TestWhoRepairsOneThingWhileStaffAskForAnotherIsToldSo(t *testing.T) {
	h := setup(t)
	opens(t, h, 120)
	ani := h.Invite("Ani", storage.RoleOfficer)
	owner := files(t, h, "contoh", "7471051203850001", "0000000000017")
	sendsBack(t, ani)
	hears(t, h, "contoh", 0, "sudah diperiksa, terima kasih")
	owner.Hears()
	owner.Says("halal")
	ani.Taps("Batalkan putusan")
	ani.Taps("8. Lembar NIB")
	ani.Taps("Perbaiki: buram")
	ani.Taps("Terima sisanya")
	ani.Taps("Selesai memeriksa")
	has(t, owner.Gives(h.Network.Photo("contoh", picture(t, 200), "")), "Masih ada yang perlu dikirim ulang", "Lembar NIB")
	has(t, owner.Says("halal"), "Lembar NIB")
}

func TestARepairThatWasTakenBackMeanwhileIsSaidAndLeavesNothingOpen(t *testing.T) {
	h := setup(t)
	opens(t, h, 120)
	ani := h.Invite("Ani", storage.RoleOfficer)
	owner := files(t, h, "contoh", "7471051203850001", "0000000000017")
	sendsBack(t, ani)
	hears(t, h, "contoh", 0, "sudah diperiksa, terima kasih")
	owner.Hears()
	has(t, owner.Says("halal"), "Mohon kirim foto KTP")
	givesPlace(t, ani)
	hears(t, h, "contoh", 0, "mendapat tempat gratis")
	owner.Hears()
	has(t, owner.Gives(h.Network.Photo("contoh", picture(t, 200), "")), "tidak perlu diganti lagi")
	said := owner.Says("halal")
	has(t, said, "mendapat tempat")
	hasNot(t, said, "Mohon kirim foto KTP")
	if n := count(t, h, `SELECT count(*) FROM files f WHERE deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM application_items i WHERE f.id = ANY (i.files))
		AND NOT EXISTS (SELECT 1 FROM applications a WHERE f.id = ANY (a.files))`); n != 0 {
		t.Errorf("%d photos of it stay", n)
	}
}
