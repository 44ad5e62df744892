package charset_test

import (
	"strings"
	"testing"

	"finpages/sources/charset"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// written are texts as people write them, by the encodings that hold them.
var written = map[string]string{
	"shift_jis":      "ポンプの電源を入れる前に、必ず水を入れてください。保守は第三章を参照。",
	"iso-2022-jp":    "ポンプの電源を入れる前に、必ず水を入れてください。保守は第三章を参照。",
	"euc-jp":         "ポンプの電源を入れる前に、必ず水を入れてください。保守は第三章を参照。",
	"euc-kr":         "펌프를 켜기 전에 반드시 물을 넣으십시오. 점검은 3장을 보십시오.",
	"gb18030":        "打开水泵之前，请务必先加水。维护步骤请参阅第三章。",
	"big5":           "打開水泵之前，請務必先加水。維護步驟請參閱第三章。",
	"windows-1250":   "Před zapnutím čerpadla vždy nalijte vodu. Postup údržby je popsán ve třetí kapitole – viz „Údržba“.",
	"windows-1251":   "Перед включением насоса залейте воду. Порядок обслуживания описан в третьей главе.",
	"koi8-r":         "Перед включением насоса залейте воду. Порядок обслуживания описан в третьей главе.",
	"windows-1252":   "Vor dem Einschalten Wasser einfüllen. Die Größe steht im dritten Kapitel – „für später“, außer für Öl.",
	"windows-1253":   "Πριν ανοίξετε την αντλία, γεμίστε την με νερό. Η συντήρηση είναι στο τρίτο κεφάλαιο.",
	"windows-1254":   "Pompayı çalıştırmadan önce mutlaka su doldurun. Bakım adımları üçüncü bölümde açıklanmıştır; ışığı söndürün.",
	"windows-1255":   "לפני הפעלת המשאבה יש למלא מים. הוראות התחזוקה מתוארות בפרק השלישי.",
	"windows-874":    "ก่อนเปิดปั๊มต้องเติมน้ำให้เต็มเสมอ ขั้นตอนการบำรุงรักษาอธิบายไว้ในบทที่สาม",
	"windows-1257":   "Prieš įjungdami siurblį, visada pripildykite jį vandens. Priežiūros žingsniai aprašyti trečiajame skyriuje.",
	"ibm866":         "Перед включением насоса залейте воду. Порядок обслуживания описан в третьей главе.",
	"x-mac-cyrillic": "Перед включением насоса залейте воду. Порядок обслуживания описан в третьей главе.",
	"macintosh":      "Vor dem Einschalten Wasser einfüllen. Die Größe steht im dritten Kapitel, für später, außer für Öl.",
	"windows-1256":   "قبل تشغيل المضخة، املأها بالماء دائما. خطوات الصيانة موضحة في الفصل الثالث.",
}

// Nobody declares the encoding: the letters tell it, in a page, in Markdown and in
// plain text, and it can be told to people.
func TestUndeclaredEncodings(t *testing.T) {
	for name, text := range written {
		enc, err := htmlindex.Get(name)
		if err != nil {
			t.Fatal(err)
		}
		for kind, around := range map[string]string{
			"text": "%", "English": strings.Repeat("Fill the pump with water before you switch it on. ", 50) + "\n\n%\n", "Markdown": "# Pump\n\n```sh\npump --on\n```\n\n%\n\n- [a](b.md)\n",
			"HTML": "<html><head><title>Pump</title></head><body class=\"a b\"><div><p>%</p></div><script>var a = 1;</script></body></html>",
		} {
			want := strings.Replace(around, "%", text, 1)
			body, err := enc.NewEncoder().String(want)
			if err != nil {
				t.Fatal(err)
			}
			got, err := charset.Text([]byte(body), kind == "HTML")
			if guessed := charset.Guessed([]byte(body), kind == "HTML"); got != want || err != nil || guessed != name {
				t.Errorf("%s in %s is read as %s: %q, %v", kind, name, guessed, got, err)
			}
		}
	}
}

// Others of one script are not taken for each other.
func TestNeighborsOfEncodings(t *testing.T) {
	for text, name := range map[string]string{
		"Pirms sūkņa ieslēgšanas vienmēr ielejiet ūdeni. Apkopes soļi aprakstīti trešajā nodaļā, žāvējiet šļūteni.":       "windows-1257",
		"Áður en dælan er ræst þarf að fylla hana af vatni. Viðhaldi er lýst í þriðja kafla, það er nauðsynlegt.":         "windows-1252",
		"Înainte de pornirea pompei, umpleţi-o cu apă. Întreţinerea este descrisă în capitolul trei; atenţie la furtun.":  "windows-1250",
		"Avant de démarrer la pompe, remplissez-la d’eau. L’entretien est décrit à la troisième leçon, là où c’est noté.": "windows-1252",
	} {
		enc, _ := htmlindex.Get(name)
		body, err := enc.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := charset.Text([]byte(body), false); got != text || err != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestTextsThatTellNoEncoding(t *testing.T) {
	for body, want := range map[string]string{
		"caf\xe9":                           "café",
		"\x93Yes\x94, he said \x96 5 \xb0C": "“Yes”, he said – 5 °C",
		strings.Repeat("Жук ", 5) + "\xe9":  strings.Repeat("Жук ", 5) + "é", // but for one byte UTF-8
	} {
		if got, err := charset.Text([]byte(body), false); err != nil || got != want {
			t.Errorf("%q is read as %q, %v", body, got, err)
		}
	}
	if name := charset.Guessed([]byte("<meta charset=koi8-r>\xd6\xd5\xcb"), true); name != "" {
		t.Errorf("%s is guessed where an encoding is declared", name)
	}
}

func TestUTF16WithoutAMark(t *testing.T) {
	for _, text := range []string{"Жук ползёт домой.\nИ спит там.", "水を 入れる。\n電源を 切る。", "Plain words."} {
		for _, order := range []unicode.Endianness{unicode.LittleEndian, unicode.BigEndian} {
			body, err := unicode.UTF16(order, unicode.IgnoreBOM).NewEncoder().String(text)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := charset.Text([]byte(body), false); got != text || err != nil {
				t.Errorf("%q is read as %q, %v", text, got, err)
			}
		}
	}
}
