package answer

import "strings"

// products are nouns that are a product by themselves, as Kendari's IKM make them.
var products = set("abon keripik kripik kripek kerupuk krupuk stik stick sambal sambel sirup sirop sarabba kue kueh kuker cookies kukis roti bakso baso pentol nugget naget dodol selai selei permen minyak kopi teh jus es tas " +
	"kain sarung baju kemeja gaun jilbab kerudung mukena dompet anyaman tikar kursi meja lemari rak mebel meubel furnitur furniture gantungan batik tenun tenunan bolu brownies donat donut dendeng rendang serundeng bagea sagu sinonggi " +
	"kasuami kabuto lapa-lapa lapa2 sokko burasa buras lemper wajik onde-onde putu cucur bugis lapis nastar kastengel kastangel putri tempe tahu tape tapai peyek rempeyek emping rengginang rangginang opak pangsit siomay " +
	"dimsum somay pempek empek-empek otak-otak otak2 lumpia risoles pastel panada martabak cireng cilok seblak basreng makaroni mie mi bihun kecap saus terasi petis kaldu bumbu garam gula madu vco cuka susu yogurt yoghurt keju mentega " +
	"minuman jamu boba cendol dawet bandrek wedang infus sari nata agar-agar puding jelly manisan asinan acar rujak salad nasi ketupat lontong bubur soto mete mente mede rosella batok bros kalung gelang cincin anting-anting anting " +
	"topi sandal sepatu keranjang bakul nyiru vas bunga buket boneka souvenir suvenir lampion hiasan pigura bingkai lukisan ukiran patung kaligrafi sablon kaos spanduk stiker bordir bordiran sulaman rajutan rajut makrame songket selendang " +
	"bantal guling kasur gorden taplak masker sabun detergen lilin parfum lulur bedak pupuk arang briket paving batako bata genteng kusen pintu jendela pagar parang pisau cangkul wajan panci perahu kapal jaring sangkar sapu keset rotan " +
	"gerabah guci pot keramik kompor mesin tepung kanji tapioka kacang tumpeng pie pai pizza burger kebab sosis ayam-geprek tiwul getuk klepon lepet nagasari talam bolen bakpia bakpao pukis serabi surabi terang-bulan batagor tekwan mug brownis kasoami kambuse kambose parende marning sinole karasi baruasa baje dange onde jalangkote barongko coto konro kapurung gogos lapa tuli-tuli epu-epu sate " +
	"pokea gorengan bakwan pilus biskuit granola popcorn eskrim sop sup hijab mukenah peci songkok kopiah jaket celana rok daster gamis seragam seprai sprei handuk tirai piring mangkuk gelas sendok hampers " +
	"sanggar kuas tempat lampu rempeyek-kacang tumbler gelang-tangan talenan nampan sapu-lidi gantungan-kunci kipas payung balon kartu undangan banner plakat medali tahu-isi tempura nugget-ikan petis-ikan bagia kenari")

// stuffs are what a product is made of or tastes of; said alone behind "abon marlin" they may mean "abon cakalang" or the fish.
var stuffs = set("ikan marlin cakalang tuna tongkol roa teri layang kembung sunu kerapu kakap baronang bandeng lele nila gabus mujair julung-julung udang rebon cumi cumi-cumi gurita kepiting rajungan kerang lobster daging ayam sapi kambing bebek " +
	"kerbau kuda telur pisang ubi singkong talas sukun nangka nanas nenas mangga durian markisa jahe kunyit temulawak kencur sereh serai jeruk lemon apel salak sirsak jambu alpukat melon semangka pepaya kelapa kedelai jagung beras ketan wortel bayam labu " +
	"kelor rumput-laut seledri bawang coklat cokelat vanila vanilla stroberi strawberry pandan balado bbq barbeque barbekyu original ori orisinal green-tea matcha tiramisu oreo kopi keju susu gula jeruk-nipis arabika robusta pala cengkeh kayu-manis merica lada " +
	"cabai cabe lombok tomat terong pare buah sayur rempah jamur tiram kentang kepok raja ambon tanduk melinjo rumput laut asam madu kacang hijau tanah mete mente mede almond kismis wijen sagu tape tempe tahu bambu kayu rotan kulit batok perak emas besi aluminium " +
	"perunggu tembaga kaca plastik eceng gondok enceng lidi serat sutra sutera katun benang manik-manik resin akrilik flanel jati mahoni durian-montong rosella teh jalar ungu cilembu")

// manners are how, how big, what colour: never a product alone.
var manners = set("goreng bakar rebus kukus panggang asap kering basah mentah matang beku frozen segar bubuk cair padat instan pedas pedis manis asin gurih asam tawar kecut pahit original besar kecil sedang mini jumbo hitam putih merah hijau biru kuning ungu " +
	"polos bermotif motif tebal tipis halus kasar lembut renyah krispi crispy murni asli super premium biasa kiloan kemasan curah rambak oven")

// generics are words for a whole field, no product to put on a list.
var generics = set("makanan mkanan makananan minuman mnuman kerajinan krajinan kerjinan olahan olaan pangan kuliner cemilan camilan snack jajanan jajan oleh-oleh oleh2 souvenir suvenir fashion kriya handmade oleh herbal sembako kelontong barang macam produk usaha dagangan jualan hasil laut " +
	"industri umkm ikm home rumah rumahan tangga ringan tangan khas tradisional daerah lokal kecil siap saji beku frozen food sehat segar kering basah kendari tolaki sultra sulawesi camilannya makanannya kerajinannya dapur makan pasar masakan jasa dagang kios warung katering catering kreatif seni " +
	"bumi pertanian perikanan peternakan perkebunan")

var fields = set("makanan mkanan makananan minuman mnuman kerajinan krajinan kerjinan olahan olaan pangan kuliner cemilan camilan snack jajanan jajan oleh-oleh oleh2 oleh fashion kriya handmade handicraft craft tekstil sembako kelontong barang macam dagangan hasil industri umkm ikm masakan jasa dagang warung kios katering catering")

// vague tells that an item names a field and no product: "makanan ringan", "olahan ikan", "kerajinan".
func vague(ws []string) bool {
	if ws[0] == "olahan" || ws[0] == "hasil" || ws[0] == "kerajinan" || ws[0] == "jasa" {
		return true
	}
	if len(ws) > 1 && allIn(ws, pairs) { // "tahu tempe": two, or one?
		return true
	}
	if !fields[ws[0]] {
		return len(ws) == 1 && (ws[0] == "souvenir" || ws[0] == "suvenir" || ws[0] == "herbal" || ws[0] == "kue-kue" || ws[0] == "kue2")
	}
	for _, w := range ws {
		if !generics[w] && !manners[w] {
			return false
		}
	}
	return true
}

// pairs are things named together that do not describe each other.
var pairs = set("tahu tempe meja kursi lemari kopi teh")

// catches are raw and no product.
var catches = set("ikan marlin cakalang tuna tongkol layang bandeng lele nila udang cumi gurita kepiting daging ayam sapi kambing sayur buah")

// choosing are the words behind which a list is a list of kinds, not of products.
var choosing = set("rasa varian isi topping toping ukuran warna bahan dari dr motif merek merk model aroma level")

// elliptic tells that an item leans on the one before it: "abon marlin, cakalang", "kue kering dan basah", "rasa coklat dan keju".
func elliptic(items []string) *Problem {
	for i, item := range items {
		ws := strings.Fields(item)
		if i == 0 {
			if len(ws) == 1 && catches[item] {
				return problem(ReasonGeneric)
			}
			if allIn(ws, manners) && !stuffs[ws[0]] {
				return problem(ReasonUnclear)
			}
			continue
		}
		if leans(ws, items[:i]) {
			return &Problem{Reason: ReasonElliptic, Args: map[string]string{"item": item, "before": items[i-1]}}
		}
	}
	return nil
}

func leans(ws, earlier []string) bool {
	if choosing[ws[0]] || allIn(ws, manners) {
		return true
	}
	kinds, described, chosen := false, false, false
	head := ""
	for _, item := range earlier {
		for j, w := range strings.Fields(item) {
			chosen = chosen || choosing[w]
			if j == 0 {
				head = w
				continue
			}
			described = true
			kinds = kinds || stuffs[w]
		}
	}
	bare := allIn(ws, stuffs) // no word in it is a product of its own making
	standing := products[ws[0]]
	switch {
	case chosen && !(standing && len(ws) > 1):
		return true
	case bare && !standing: // "cakalang", "ubi jalar"
		return described || fresh[ws[0]]
	case bare && kinds && len(ws) == 1: // "mete", "rotan": a product, or the next taste or material?
		return sweets[head] || crafts[head]
	case len(ws) == 1 && described && products[head] && !standing: // "abon marlin, layur": a name this list does not know
		return !nearProduct(ws[0])
	}
	return false
}

// nearProduct forgives one typo in a longer word.
func nearProduct(w string) bool {
	if len(w) < 5 {
		return false
	}
	for p := range products {
		if len(p) > 4 && distance(w, p, 1) <= 1 {
			return true
		}
	}
	return false
}

// crafts take a material.
var crafts = set("anyaman tas dompet kursi meja lemari rak mebel meubel furnitur furniture tikar keranjang topi sandal bros kalung gelang cincin gantungan hiasan vas bakul lampion bingkai ukiran")

func allIn(ws []string, m map[string]bool) bool {
	for _, w := range ws {
		if !m[strings.Trim(w, "()")] {
			return false
		}
	}
	return true
}

// fresh are raw things nobody lists as a product beside one.
var fresh = set("ikan marlin cakalang tuna tongkol roa teri layang udang cumi cumi-cumi gurita kepiting daging ayam sapi kambing pisang ubi singkong jagung keju coklat cokelat original balado vanila vanilla stroberi pandan")

// sweets take nuts, coffee or sago as a taste.
var sweets = set("kue kueh bagea dodol wajik coklat cokelat bolu roti es susu permen kukis cookies brownies donat selai pie bolen bakpia sirup keripik kripik kerupuk")
