// Package backup copies the data folder of an installation while it serves, and puts
// a copy back.
//
// What it holds: the documents of all services as they were at one common instant,
// with the events that had not left them; every file that they refer to; a manifest
// with the digest of each. What it does not hold: the event stream, which carries
// nothing that the documents do not know (a restored installation states its facts
// again), and the master key, which must not lie beside the data that it protects.
package backup
