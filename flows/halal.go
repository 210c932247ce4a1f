package flows

import (
	"titian/flows/flow"
	"titian/storage"
)

// halal takes an owner of a registered business from "may I?" to a complete file. The bot gives it these facts: what is
// known of the owner ("owner", "number", "sector", "name", "business", "phone", "address", "kelurahan", "kecamatan",
// "revenue"), of the programme ("places": open, full or none; "programme"), and when something filed or parked is taken up
// again, "application"; "agreed" once the penyelia agreed by a word. With "fix" it asks only for what was sent back, and
// files at once; with "several" after a word that no more photos follow.
func halal(b *Book) (*flow.Flow, error) {
	q := newHalal(b)
	return flow.Build("halal", halalVersion,
		flow.When(flow.Not(flow.Fact("sector", "food")), flow.End("craft")),
		flow.When(flow.Fact("places", "none"), flow.End("closed")),
		flow.When(flow.Fact("places", "open"), flow.Tell("places")),
		flow.When(flow.Fact("places", "full"),
			flow.Ask(waiting), // before any KTP
			flow.When(waiting.Is("no"), flow.End("not_waiting")),
		),

		// May it go on as a self-declare? Kepkaban BPJPH 146/2025.
		flow.Ask(q.kind),
		flow.When(q.listed.Is("no"), park("kind")),
		flow.Ask(hasNIB),
		flow.When(hasNIB.Is("no"), park("nib")),
		flow.Ask(q.yearly),
		flow.When(q.yearly.Is("above"), park("turnover")),
		flow.Ask(checks),
		flow.When(obstacle.Is("haram"), park("haram")),
		flow.When(obstacle.Is("danger"), park("danger")),
		flow.When(obstacle.Is("machine"), park("machine")),
		flow.When(obstacle.Is("methods"), park("methods")),
		flow.When(obstacle.Is("sites"), park("sites")),
		flow.When(obstacle.Is("before"), park("before")),
		flow.Ask(animal),
		flow.When(animal.Is("yes"),
			flow.Ask(slaughter),
			flow.When(slaughter.Is("no"), park("slaughter")),
			flow.Ask(grinding),
			flow.When(grinding.Is("no"), park("grinding")),
		),

		// The applicant: only what registration left open.
		flow.Ask(nik),
		flow.When(age.Is("minor"), flow.End("underage", askOfficer("underage"))),
		flow.Ask(nib),
		flow.Offer(email), // "belum punya" is a task for staff
		flow.Ask(supervisor),
		flow.When(supervisor.Is("other"),
			flow.Ask(supervisorName),
			flow.Ask(supervisorPhone),
			flow.Ask(agrees),
			flow.When(agrees.Is("sheet"), flow.Ask(q.sheet)),
			flow.When(flow.Any(agrees.Is("sheet"), flow.Fact("agreed", "yes")), flow.Ask(supervisorNIK), flow.Ask(q.supervisorKTP)),
		),

		// Where it is made and sold.
		flow.Ask(factory),
		flow.When(factory.Is("elsewhere"),
			flow.Ask(q.kecamatan),
			flow.When(q.kecamatan.Is(outside), park("outside")),
			flow.Ask(q.kelurahan),
			flow.Ask(address),
			flow.Ask(ownership),
		),
		flow.Ask(outlet),
		flow.When(outlet.Is("elsewhere"), flow.Ask(outletAddress)),

		// Bahan of all three kinds: owners do not know that soap and packaging count.
		flow.Ask(q.ingredients),
		flow.When(q.hasOther.Is("yes"),
			flow.Repeat("others", flow.Limits{Min: 1, Max: q.othersMost},
				flow.Ask(otherName),
				flow.Ask(q.otherBrand),
				flow.When(q.otherBrand.Is(flow.OptionPhoto), flow.Ask(otherPackage)),
			),
		),
		flow.Ask(q.cleaning),
		flow.Ask(q.packaging),
		flow.Each("brands", q.branded,
			flow.Ask(q.brand),
			flow.When(q.brand.Is(flow.OptionPhoto), flow.Ask(brandPackage)),
		),

		// What is made of them.
		flow.Ask(label),
		flow.Repeat("products", flow.Limits{Min: 1, Max: q.productsMost},
			flow.Ask(productName),
			flow.When(q.doubt.Is("doubtful"),
				flow.Ask(q.rename),
				flow.When(q.rename.Is("change"), flow.Ask(newName)),
			),
			flow.Ask(q.productPhoto),
			flow.Ask(uses),
			flow.When(uses.Is("some"), flow.Ask(q.madeOf)),
		),

		// How it is made: a ready draft, of which single steps are rewritten.
		flow.Ask(q.process),
		flow.When(q.process.Is("changed"),
			flow.Ask(q.changed),
			flow.Each("steps", q.changedSteps, flow.Ask(q.step)),
		),

		q.checklist(), // where the sheet of the NIB differs from what was told: asked, not decided
		flow.When(flow.Fact("fix", "yes"),
			flow.When(flow.Fact("several", "yes"), flow.Ask(whole)), // more photos may follow
			flow.Submit("fixed", q.file),
		),
		flow.Review("summary"),
		flow.Ask(statement), // the akad: the message that brings it is the rank
		flow.Submit("filed", q.file),
	)
}

// halalVersion is raised with every released change of the questions.
const halalVersion = 1

// StatementVersion names the text of halal.statement; a test holds the two together by the text's hash.
const StatementVersion = "1"

// AgreementVersion names the text by which a penyelia is asked to agree; the same test.
const AgreementVersion = "1"

// waiting is asked when every place is taken.
var waiting = &flow.Field{
	Key: "waiting", Kind: flow.Choice, Hidden: true, Options: flow.Options("yes", "no"), Parse: yesNo,
	Samples: []string{"mau", "tidak"}, Bad: []string{"mungkin"},
}

// whole is asked when photos that were sent back may come one by one.
var whole = &flow.Field{Key: "whole", Kind: flow.Choice, Hidden: true, Options: flow.Options("send")}

// halalQuestions are those that depend on data: the rules and the brands that staff confirmed.
type halalQuestions struct {
	rules  *Rules
	brands *Brands

	productsMost, othersMost int

	kind, listed, yearly                       *flow.Field
	sheet, supervisorKTP                       *flow.Field
	kecamatan, kelurahan                       *flow.Field
	ingredients, hasOther, cleaning, packaging *flow.Field
	brand, otherBrand                          *flow.Field
	doubt, rename, productPhoto, madeOf        *flow.Field
	process, changed, step                     *flow.Field
	documents                                  []*flow.Field
	sheetSays                                  *flow.Field // whether the sheet of the NIB agrees
	version                                    string      // of the list of documents
}

func newHalal(b *Book) *halalQuestions {
	now := b.Rules.now()
	q := &halalQuestions{
		rules: b.Rules, brands: b.Brands,
		productsMost: now.ProductsMost, othersMost: now.OthersMost, version: now.Version,
		kecamatan: kecamatanOf(b.Regions), kelurahan: kelurahanOf(b.Regions),
	}
	q.eligibility()
	q.materials()
	q.products()
	q.steps()
	q.papers(now)
	return q
}

// park ends a conversation that cannot go on now, and keeps the answers: it goes on from the one that stood in the way.
func park(reason string) flow.Step {
	return flow.End("parked_"+reason, func(v flow.View) any {
		return storage.ParkApplication{
			Owner: storage.OwnerID(v.Fact("owner")), Programme: storage.ProgrammeID(v.Fact("programme")),
			Reason: reason, Answers: v.Typed(),
		}
	})
}
