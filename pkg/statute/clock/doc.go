// Package clock turns the dated facts of a case into its statutory clocks: the
// reply period with its corrections, payments, consultations and extension,
// and the periods of reviews and lawsuits.
//
// Compute is a pure function of facts, calendar and policy. It never looks at
// today, keeps nothing, and explains every date it returns, so a due date can
// be recomputed when a holiday notice changes and shown to a court as it was.
//
// The counting, in one place (期间计算):
//
//	start, n := received_on, 20
//	correction noticed        the clock stands still until the corrected application comes
//	corrected / paid on d     start := d, n := 20, no extension
//	consultation              (sent, min(answered, limit)] is left out; overlaps count once
//	due     = n-th working day after start that is not left out
//	extension of k            due = k-th such working day after due
package clock
