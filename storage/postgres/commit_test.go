package postgres_test

import (
	"reflect"
	"testing"

	"titian/storage"
)

func TestAFiledRegistrationIsReadAsItWasFiled(t *testing.T) {
	f := setup(t)
	c := f.contact("100")
	out := f.commit(c, 1, filing(wati()))
	if out.Number != "IKM-2026-000001" || out.Owner == "" || len(out.Flags) != 0 {
		t.Fatalf("outcome %+v", out)
	}
	want := wati()
	want.Owner, want.Number, want.FiledAt = out.Owner, out.Number, start
	got, err := f.Registration(t.Context(), out.Owner)
	f.must(err)
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
}

func TestACommittedTurnIsStoredAndFoundInOneLook(t *testing.T) {
	f := setup(t)
	c := f.contact("100")
	f.must(f.SaveSnapshots(t.Context(), []storage.Snapshot{{Record: storage.Record{Contact: c, Seq: 3, State: []byte("s")}, HeardAt: start, ChangedAt: start}}))
	f.commit(c, 4, filing(wati()))
	f.must(f.Void(t.Context(), c, 6))
	stored, err := f.Conversation(t.Context(), c)
	f.must(err)
	if stored.Snapshot.Seq != 3 || stored.Turn.Seq != 4 || stored.Taken != 6 || stored.Inboxed {
		t.Fatalf("stored %+v", stored)
	}
	rec, void, err := f.StoredTurn(t.Context(), c, 4)
	f.must(err)
	if void || string(rec.Owed[0].Body) != "number IKM-2026-000001" || !rec.HasSeen("m4") {
		t.Fatalf("void %v, record %+v", void, rec)
	}
	if _, void, err = f.StoredTurn(t.Context(), c, 6); err != nil || !void {
		t.Fatalf("void %v, %v", void, err)
	}
	_, _, err = f.StoredTurn(t.Context(), c, 5)
	f.is(err, storage.ErrNotFound)
}
