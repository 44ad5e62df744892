package httpserve

import "net/netip"

// ClientNetwork returns the network that a remote address, "host:port", stands
// for when clients are told apart: an IPv4 address, or the /64 of an IPv6
// address, because one client has all of it. It is the zero prefix if the
// address is none.
func ClientNetwork(remoteAddr string) netip.Prefix {
	at, err := netip.ParseAddrPort(remoteAddr)
	if err != nil {
		return netip.Prefix{}
	}
	addr := at.Addr().Unmap().WithZone("")
	bits := addr.BitLen()
	if addr.Is6() {
		bits = 64
	}
	p, _ := addr.Prefix(bits) // of a valid address and as many bits as it has
	return p
}
