// Package domain is what the fee service knows: what each application counts for, the
// ledger of every applicant's calendar month, recorded findings of excess, and fee
// notices with their payments (条例 art. 35 and 42; 政府信息公开信息处理费管理办法).
//
// It holds no personal data: applicants appear as keyed digests. Nothing here reads
// the wall clock or a store.
package domain
