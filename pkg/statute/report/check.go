package report

import "slices"

// Check is one verdict about a report. A check that finds nothing wrong is
// returned once; one that does is returned for each cell that fails.
type Check struct {
	ID       string `json:"id"`
	OK       bool   `json:"ok"`
	Detail   string `json:"detail"`
	DetailEN string `json:"detail_en"`
	Row      Row    `json:"row,omitempty"`
	Column   Column `json:"column,omitempty"`
	Block    Block  `json:"block,omitempty"`
	Item     string `json:"item,omitempty"` // what is compared when it is no cell: a quoted figure, a row of section two
	// Blank counts the sums that a blank cell made impossible to judge: not
	// stated is not wrong.
	Blank int `json:"not_assessable,omitempty"`
}

// The checks (勾稽关系).
const (
	V1  = "V1"  // the six columns add up to the total, in every row
	V2  = "V2"  // the results add up to their total, in every column
	V3  = "V3"  // received + carried in = results + carried out, in every column
	V4  = "V4"  // the four outcomes add up to the total, in every block of table four
	V5  = "V5"  // carried in = carried out of the year before, in every column
	V6  = "V6"  // figures quoted in the text are those of the tables
	V7  = "V7"  // in force = in force the year before + made - repealed
	V8  = "V8"  // pending before + filed = concluded + pending after
	V9  = "V9"  // the aggregate is the sum of the reporting units
	V10 = "V10" // every figure says whose it is
)

// verdict gathers the failures of one check.
type verdict struct {
	id          string
	zh, en      string
	done, blank int
	failed      []Check
}

func (v *verdict) fail(c Check) {
	c.ID = v.id
	v.failed = append(v.failed, c)
}

func (v *verdict) checks() []Check {
	if len(v.failed) > 0 {
		v.failed[0].Blank = v.blank
		return v.failed
	}
	return []Check{{
		ID: v.id, OK: true, Blank: v.blank,
		Detail:   v.zh + "：" + figure(int64(v.done)) + "项相符" + blankZH(v.blank),
		DetailEN: v.en + ": " + figure(int64(v.done)) + " agree" + blankEN(v.blank),
	}}
}

func blankZH(n int) string {
	if n == 0 {
		return ""
	}
	return "，" + figure(int64(n)) + "项因空白未核"
}

func blankEN(n int) string {
	if n == 0 {
		return ""
	}
	return ", " + figure(int64(n)) + " not assessable (blank)"
}

// CheckTable3 runs V1, V2 and V3: 25 rows, 7 columns and 7 identities, the 39
// checks that a table must pass before it is published.
func CheckTable3(t Table3) []Check {
	checks := t.rowSums()
	checks = append(checks, t.resultSums()...)
	return append(checks, t.identities()...)
}

// sum adds the applicants' cells of a row; a blank cell adds nothing.
func (t Table3) sum(r Row) (total int64, stated bool) {
	for _, c := range applicants {
		n, ok := t.Cell(r, c)
		total, stated = total+n, stated || ok
	}
	return total, stated
}

// value is what a cell stands for in a column sum. Tables leave empty what is
// zero, so a blank applicant's cell is zero; a blank total beside figures is
// unknown, be it the total of a row or of the results.
func (t Table3) value(r Row, c Column) (n int64, known bool) {
	n, stated := t.Cell(r, c)
	if stated {
		return n, true
	}
	if r == ResultsTotal {
		for _, result := range t.Format().results() {
			if n, _ := t.Cell(result, c); n != 0 {
				return 0, false
			}
		}
	}
	if c != Total {
		return 0, true
	}
	rowSum, _ := t.sum(r)
	return 0, rowSum == 0
}

// silent reports whether none of the rows states anything in the column: a table
// that gives totals only cannot be added up.
func (t Table3) silent(rows []Row, c Column) bool {
	for _, r := range rows {
		if _, stated := t.Cell(r, c); stated {
			return false
		}
	}
	return true
}

// results adds up the results of a column.
func (t Table3) results(c Column) (sum int64, known bool) {
	known = true
	for _, r := range t.Format().results() {
		n, ok := t.value(r, c)
		sum, known = sum+n, known && ok
	}
	return sum, known
}

func (t Table3) rowSums() []Check {
	v := verdict{id: V1, zh: "各行申请人六类之和等于总计", en: "row sums"}
	for _, r := range t.Format().rows {
		total, stated := t.Cell(r, Total)
		sum, filled := t.sum(r)
		switch {
		case !stated && filled && sum != 0, stated && !filled && total != 0:
			v.blank++
		case !stated || sum == total:
			v.done++
		default:
			v.fail(Check{
				Row: r, Column: Total,
				Detail:   r.FullLabel() + "：六类之和为" + figure(sum) + "，总计为" + figure(total),
				DetailEN: string(r) + ": the columns add up to " + figure(sum) + ", the total says " + figure(total),
			})
		}
	}
	return v.checks()
}

func (t Table3) resultSums() []Check {
	v := verdict{id: V2, zh: "各列办理结果之和等于（七）总计", en: "sums of results"}
	for _, c := range Columns() {
		sum, known := t.results(c)
		total, ok := t.value(ResultsTotal, c)
		switch {
		case !known || !ok || (total != 0 && t.silent(t.Format().results(), c)):
			v.blank++
		case sum == total:
			v.done++
		default:
			v.fail(Check{
				Row: ResultsTotal, Column: c,
				Detail:   c.Label() + "：办理结果之和为" + figure(sum) + "，（七）总计为" + figure(total),
				DetailEN: string(c) + ": the results add up to " + figure(sum) + ", the total says " + figure(total),
			})
		}
	}
	return v.checks()
}

func (t Table3) identities() []Check {
	v := verdict{id: V3, zh: "第一项加第二项之和等于第三项加第四项之和", en: "received + carried in = results + carried out"}
	for _, c := range Columns() {
		var n [4]int64
		known := true
		for i, r := range [...]Row{NewReceived, CarriedIn, ResultsTotal, CarriedOut} {
			value, ok := t.value(r, c)
			if r == ResultsTotal && !ok {
				value, ok = t.results(c) // the total is blank, the results are not
			}
			n[i], known = value, known && ok
		}
		switch {
		case !known:
			v.blank++
		case n[0]+n[1] == n[2]+n[3]:
			v.done++
		default:
			v.fail(Check{
				Column:   c,
				Detail:   c.Label() + "：" + figure(n[0]) + "+" + figure(n[1]) + "≠" + figure(n[2]) + "+" + figure(n[3]),
				DetailEN: string(c) + ": " + figure(n[0]) + " + " + figure(n[1]) + " is not " + figure(n[2]) + " + " + figure(n[3]),
			})
		}
	}
	return v.checks()
}

// CheckTable4 runs V4.
func CheckTable4(t Table4) []Check {
	v := verdict{id: V4, zh: "各类结果之和等于总计", en: "outcomes add up"}
	for _, b := range Blocks() {
		sum, filled := int64(0), false
		for _, o := range [...]Outcome{Upheld, Corrected, Other, Pending} {
			n, stated := t.Cell(b, o)
			sum, filled = sum+n, filled || stated
		}
		total, stated := t.Cell(b, OutcomeTotal)
		switch {
		case !stated && filled && sum != 0, stated && !filled && total != 0:
			v.blank++
		case !stated || sum == total:
			v.done++
		default:
			v.fail(Check{
				Block:    b,
				Detail:   b.Label() + "：各类结果之和为" + figure(sum) + "，总计为" + figure(total),
				DetailEN: string(b) + ": the outcomes add up to " + figure(sum) + ", the total says " + figure(total),
			})
		}
	}
	return v.checks()
}

// CheckYears runs V5 over two years of one scope: what went out of the first
// came into the second, applicant by applicant.
func CheckYears(before, after Table3) []Check {
	v := verdict{id: V5, zh: "上年结转等于上一年度结转下年度继续办理", en: "carried in = carried out of the year before"}
	for _, c := range Columns() {
		out, okOut := before.value(CarriedOut, c)
		in, okIn := after.value(CarriedIn, c)
		switch {
		case !okOut || !okIn:
			v.blank++
		case out == in:
			v.done++
		default:
			v.fail(Check{
				Row: CarriedIn, Column: c,
				Detail:   c.Label() + "：上一年度结转" + figure(out) + "，本年度上年结转" + figure(in),
				DetailEN: string(c) + ": " + figure(out) + " went out, " + figure(in) + " came in",
			})
		}
	}
	return v.checks()
}

// CheckFlows runs V8 over the movement of every block.
func CheckFlows(flows map[Block]Flow) []Check {
	v := verdict{id: V8, zh: "期初未结加新收等于办结加期末未结", en: "pending before + filed = concluded + pending after"}
	for _, b := range Blocks() {
		f, ok := flows[b]
		if !ok || f.Balanced() {
			v.done++
			continue
		}
		v.fail(Check{
			Block:    b,
			Detail:   b.Label() + "：" + figure(f.Opening) + "+" + figure(f.Filed) + "≠" + figure(f.Concluded) + "+" + figure(f.Closing),
			DetailEN: string(b) + ": " + figure(f.Opening) + " + " + figure(f.Filed) + " is not " + figure(f.Concluded) + " + " + figure(f.Closing),
		})
	}
	return v.checks()
}

// CheckAggregate runs V9: a district's figures are the sum of its units'.
func CheckAggregate(aggregate Table3, units ...Table3) []Check {
	v := verdict{id: V9, zh: "汇总数等于各报送单位之和", en: "the aggregate is the sum of its units"}
	format := aggregate.Format()
	sum := Sum(format, units...)
	for _, r := range format.rows {
		for _, c := range Columns() {
			want, _ := sum.Cell(r, c)
			have, known := aggregate.value(r, c)
			switch {
			case !known:
				v.blank++
			case have == want:
				v.done++
			default:
				v.fail(Check{
					Row: r, Column: c,
					Detail:   r.FullLabel() + "·" + c.Label() + "：各单位之和为" + figure(want) + "，汇总为" + figure(have),
					DetailEN: string(r) + ", " + string(c) + ": the units add up to " + figure(want) + ", the aggregate says " + figure(have),
				})
			}
		}
	}
	return v.checks()
}

// Whose says whose figures a report holds: 本机关 or 全区、全市.
type Whose string

// The scopes of a report.
const (
	Own       Whose = "own"
	Aggregate Whose = "aggregate"
)

// CheckScope runs V10. A district's table of 95 under a text about 17 cases
// was both true and misleading: one was the whole district, one the office.
func CheckScope(scope Whose) []Check {
	v := verdict{id: V10, zh: "已注明统计范围", en: "the scope is stated"}
	if slices.Contains([]Whose{Own, Aggregate}, scope) {
		v.done = 1
	} else {
		v.fail(Check{Detail: "未注明统计范围（本机关或者汇总）", DetailEN: "the scope (own or aggregate) is not stated"})
	}
	return v.checks()
}

// Failures are the checks that did not pass.
func Failures(checks []Check) (failed []Check) {
	for _, c := range checks {
		if !c.OK {
			failed = append(failed, c)
		}
	}
	return failed
}
