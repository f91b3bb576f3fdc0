// Package ledger brings the past along: it takes an office's ledger (台账) of
// applications, reviews and lawsuits as a CSV file or a workbook, puts every good
// row in and gives every bad one back with its reason.
//
// A file is kept in pieces beside its import; a worker reads it row by row, in
// batches that each end with a checkpoint, so that an import of any size takes a
// bounded amount of memory, shows how far it is and goes on after a restart. Ids
// are made from the office and the register number: a row that comes twice changes
// nothing.
package ledger
