// Package faults holds no code but tests: the real command, as real processes under real load, is
// killed, reloaded, scaled, upgraded and stopped, for every worker class, and what its clients lose is
// counted.
//
// The clients are the strictest there are: raw connections that are kept alive, never retry, and do
// not look before they send. A request is lost when it was sent and no whole response came, or when a
// connection was refused. A server that closes an idle connection without having announced it in the
// response before is found out by them.
package faults
