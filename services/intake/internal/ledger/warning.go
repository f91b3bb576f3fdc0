package ledger

import "zhiqing.dev/pkg/problem"

// Warning tells of something that was done with a file in other than the obvious
// way. The same warning about many rows stands once, with their number.
type Warning struct {
	Code    string       `json:"code"`
	Sheet   string       `json:"sheet,omitempty"`
	Subject string       `json:"subject,omitempty"` // a heading, a name, a value
	Text    problem.Text `json:"text"`
	Line    int          `json:"line,omitempty"` // of the first row
	Count   int          `json:"count"`
}

// maxWarnings bounds how many different warnings an import keeps.
const maxWarnings = 200

func warn(code, sheet, subject, zh, en string) Warning {
	return Warning{Code: code, Sheet: sheet, Subject: cutBytes(subject, 120), Text: problem.Text{ZH: zh, EN: en}, Count: 1}
}

// merge adds warnings to those that are there.
func merge(have, more []Warning) []Warning {
next:
	for _, w := range more {
		for i := range have {
			if h := &have[i]; h.Code == w.Code && h.Sheet == w.Sheet && h.Subject == w.Subject {
				h.Count += w.Count
				continue next
			}
		}
		if len(have) < maxWarnings {
			have = append(have, w)
		}
	}
	return have
}
