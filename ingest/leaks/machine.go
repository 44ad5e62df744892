package leaks

// hasKey tells whether a part of a word could have been made by a machine:
// it is no words, numbers and marks in a row.
func hasKey(word string) bool {
	const shortest = 8 // bytes
	for from := 0; from < len(word); {
		to := from
		for to < len(word) && classes[word[to]]&outside == 0 {
			to++
		}
		if to-from >= shortest && !isWordy(word[from:to]) {
			return true
		}
		from = to + 1
	}
	return false
}

// isWordy tells what is put together from words and small numbers: names of
// files and of code, versions, addresses.
func isWordy(s string) bool {
	wordy, all := 0, 0 // bytes
	for from := 0; from < len(s); {
		to := from
		for to < len(s) && isAlnum(s[to]) {
			to++
		}
		if n := to - from; n > 0 {
			all += n
			if isWordOrNumber(s[from:to]) {
				wordy += n
			}
		}
		from = to + 1
	}
	return all-wordy < 8 // a key has more
}

// isWordOrNumber tells words in any case, with a number behind, and numbers.
func isWordOrNumber(s string) bool {
	const mostDigits, mostLetters = 4, 24
	end := len(s)
	for end > 0 && s[end-1] >= '0' && s[end-1] <= '9' {
		end--
	}
	if len(s)-end > mostDigits || end > mostLetters || end < len(s) && 0 < end && end < 3 {
		return false
	}
	runs, lower, capitals := 0, 0, 0
	for i := range end {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z':
			lower++
			if i == 0 || s[i-1] < 'a' {
				runs++
			}
		case 'A' <= c && c <= 'Z':
			capitals++
		default:
			return false
		}
	}
	if lower == 0 {
		return capitals < 18
	}
	return lower >= 3*runs || runs == 1 && (capitals == 0 || capitals == 1 && isUpper(s[0]))
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
