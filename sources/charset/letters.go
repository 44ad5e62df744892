package charset

import "unicode/utf8"

// unknownToDetector tells of the encodings that the detector does not know: that of
// Thai, and that of Lithuanian and Latvian. It is "" if the text is in neither.
func unknownToDetector(b []byte) string {
	var count [256]int
	runs, beyond := 0, 0
	for i, c := range b {
		if c < utf8.RuneSelf {
			continue
		}
		count[c]++
		if beyond++; i == 0 || b[i-1] < utf8.RuneSelf {
			runs++
		}
	}
	switch {
	case beyond >= thaiRun*runs && isThai(count, beyond):
		return "windows-874"
	case beyond < 2*runs && isBaltic(count, beyond):
		return "windows-1257"
	}
	return ""
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
