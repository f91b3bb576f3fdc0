// Package similar compares the wording of requests (申请内容) without keeping it.
//
// What two requests have in common is read from a Sketch: keyed digests of the text,
// made where the text is kept, that say nothing to whoever does not hold the key. A
// sketch tells three things apart:
//
//   - the same words, but for punctuation, width, the way numbers are written and the
//     phrases of asking (Exact);
//   - how much of the wording is shared: a min-hash signature of characters, pairs of
//     characters and known words, which estimates the weighted Jaccard index;
//   - what the request turns on: years, document and other numbers, places, subjects and
//     kinds of document. Two requests in one template that turn on different things are
//     different requests, however alike they read.
//
// A likeness is a hint for a person and never a ground by itself (条例 art. 36(6); rule
// book 7.19).
package similar
