package leaks

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/hex"
)

// fingerprint names a secret without giving it away. It is short, so that many
// other secrets share it, and slow to compute, so that trying them all takes
// long; together with a page and a rule it is exact enough to allow one secret.
func fingerprint(rule, secret string) string {
	const rounds, size = 4096, 16
	key, err := pbkdf2.Key(sha256.New, secret, []byte("finpages leaks "+rule), rounds, size)
	if err != nil { // never: the sizes are fixed
		panic(err)
	}
	return hex.EncodeToString(key[:4])
}
