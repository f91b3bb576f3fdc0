// Package ledger holds the whole product to published annual reports: ledgers of
// single cases and proceedings that realise them go in through the import, and the
// report that comes out must be the published one, cell by cell.
package ledger
