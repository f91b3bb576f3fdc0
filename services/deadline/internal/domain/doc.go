// Package domain is what the deadline service knows: for each case and each
// proceeding a sheet of dated facts, merged from the services that own them, with
// the clocks that follow from them; the alarms before a date passes; the published
// years of the working-day calendar; and each office's policy.
//
// Nothing here reads the wall clock or a store. Due dates are never typed in: a
// sheet keeps facts, and everything else on it can be computed again.
package domain
