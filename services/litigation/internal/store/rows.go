package store

import "zhiqing.dev/pkg/statute/report"

// resultRows are the rows behind a cell that sums several. The undivided 其他处理 of
// the 2019 format stands for its three parts, too.
func resultRows(row report.Row) []report.Row {
	if row == report.OtherAll {
		return []report.Row{report.OtherNotCorrected, report.OtherFeeUnpaid, report.OtherOther, report.OtherAll}
	}
	return append(report.Format2021.Results(), report.OtherAll)
}
