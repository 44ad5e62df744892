package charset

import "unicode/utf8"

// unknownToDetector tells of the encodings that the detector does not know: that of
// Thai, that of Lithuanian and Latvian, those of DOS and of old Macs, and South Slavic
// in that of Central Europe. It is "" if the text is in none.
func unknownToDetector(b []byte) string {
	var count, within [256]int // within words
	runs, beyond := 0, 0
	for i, c := range b {
		if c < utf8.RuneSelf {
			continue
		}
		count[c]++
		if i > 0 && i+1 < len(b) && isOfWord(b[i-1]) && isOfWord(b[i+1]) {
			within[c]++
		}
		if beyond++; i == 0 || b[i-1] < utf8.RuneSelf {
			runs++
		}
	}
	switch {
	case beyond >= thaiRun*runs && isThai(count, beyond):
		return "windows-874"
	case beyond < 2*runs && isBaltic(count, beyond):
		return "windows-1257"
	case beyond >= 3*runs && isDOSCyrillic(count, beyond):
		return "ibm866"
	case beyond >= 3*runs && isMacCyrillic(count, beyond):
		return "x-mac-cyrillic"
	case beyond < 2*runs && isMacRoman(within):
		return "macintosh"
	case beyond < 2*runs && count[0x9A]+count[0x9E] >= 2 && count[0xE8]+count[0xE6]+count[0xF0] >= 2: // š ž with č ć đ
		return "windows-1250"
	}
	return ""
}

func isOfWord(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= utf8.RuneSelf }

// isDOSCyrillic wants the letters of Russian where DOS has them, and its vowels.
func isDOSCyrillic(count [256]int, beyond int) bool {
	letters := sum(count, 0x80, 0xAF) + sum(count, 0xE0, 0xF1)
	often := count[0xAE] + count[0xA5] + count[0xA0] + count[0xA8] + count[0xAD] + count[0xE2] // о е а и н т
	return letters*50 >= beyond*49 && often*3 >= beyond && count[0xE2]+count[0xE0]+count[0xE1] > 0
}

// isMacCyrillic tells it from Windows', which has capitals and the last letter elsewhere.
func isMacCyrillic(count [256]int, beyond int) bool {
	small, capitals, others := sum(count, 0xE0, 0xFE), sum(count, 0x80, 0x9F), sum(count, 0xC0, 0xDE)
	often := count[0xEE] + count[0xE5] + count[0xE0] + count[0xE8] + count[0xED] + count[0xF2] // о е а и н т
	return small*5 >= beyond*4 && often*3 >= beyond && count[0xFF] == 0 && capitals+count[0xDF] > 0 && capitals >= others
}

// isMacRoman wants letters within words where Windows has quotes, and next to none where
// that has letters.
func isMacRoman(within [256]int) bool {
	mac := sum(within, 0x87, 0x90) + sum(within, 0x98, 0x9F)
	others := sum(within, 0xC0, 0xFF) + within[0xB3] + within[0xB9] - within[0xD5] // which is an apostrophe
	return mac >= 3 && mac >= 4*others && within[0x9A]+within[0x9E] < mac
}

// thaiRun is how many letters in a row a text of Thai has at least, which parts no
// words.
const thaiRun = 5

// isThai wants vowels and tones that stand above and below letters. Other scripts
// have letters there as often as anywhere.
func isThai(count [256]int, beyond int) bool {
	marks := count[0xD1] + sum(count, 0xD4, 0xDA) + sum(count, 0xE7, 0xEE)
	outside := sum(count, 0x80, 0xA0) + sum(count, 0xDB, 0xDE) + sum(count, 0xFC, 0xFF)
	consonants := sum(count, 0xA1, 0xCE)
	return outside*50 <= beyond && marks*8 >= beyond && marks*2 <= beyond && consonants*5 >= beyond*2
}

func sum(count [256]int, from, to int) (n int) {
	for c := from; c <= to; c++ {
		n += count[c]
	}
	return n
}

// isBaltic goes by š and ž, which stand where Western encodings have the ð and þ of
// Icelandic, and Central European ones the đ of Croatian and the ţ of Romanian.
func isBaltic(count [256]int, beyond int) bool {
	carons := count[0xF0] + count[0xFE] + count[0xD0] + count[0xDE]
	others := 0 // ą č ė ų ū ā ē ī ļ ņ ģ į
	for _, c := range []byte{0xE0, 0xE8, 0xEB, 0xF8, 0xFB, 0xE2, 0xE7, 0xEE, 0xEF, 0xF2, 0xEC, 0xE1} {
		others += count[c]
	}
	icelandic := count[0xF3] + count[0xFA] + count[0xFD] + count[0xF6] + count[0xE9] + count[0xED] + count[0xE6]
	romanian := count[0xE3] + count[0xBA]
	return carons >= 2 && carons*25 >= beyond && others > icelandic && others*2 >= carons && romanian*4 <= carons
}
