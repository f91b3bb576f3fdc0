package report

// Kept is a row of section two, block 第二十条第（一）项: rules of an office or its
// normative documents.
type Kept string

// The rows whose stock is carried from year to year.
const (
	Rules              Kept = "rules"               // 规章
	NormativeDocuments Kept = "normative_documents" // 行政规范性文件
)

// KeptRows are the rows in printed order.
func KeptRows() []Kept { return []Kept{Rules, NormativeDocuments} }

// Valid reports whether k is such a row.
func (k Kept) Valid() bool { return k == Rules || k == NormativeDocuments }

// Label is the official label of the row.
func (k Kept) Label() string {
	switch k {
	case Rules:
		return "规章"
	case NormativeDocuments:
		return "行政规范性文件"
	}
	return string(k)
}

// Stock is how a row moved in a year. A nil figure is blank, which is not zero.
type Stock struct {
	Made     *int64 `json:"made"`     // 本年制发件数
	Repealed *int64 `json:"repealed"` // 本年废止件数
	InForce  *int64 `json:"in_force"` // 现行有效件数
}

// Table2 is the part of section two that can be checked from year to year.
type Table2 map[Kept]Stock

// CheckStock runs V7 over two years of one office: in force = in force the year
// before + made - repealed.
func CheckStock(before, after Table2) []Check {
	v := verdict{id: V7, zh: "现行有效等于上年现行有效加制发减废止", en: "in force = in force before + made - repealed"}
	for _, k := range KeptRows() {
		b, now := before[k], after[k]
		if b.InForce == nil || now.InForce == nil || now.Made == nil || now.Repealed == nil {
			v.blank++
			continue
		}
		want := *b.InForce + *now.Made - *now.Repealed
		if want == *now.InForce {
			v.done++
			continue
		}
		v.fail(Check{
			Item: string(k),
			Detail: k.Label() + "：" + figure(*b.InForce) + "+" + figure(*now.Made) + "-" + figure(*now.Repealed) + "=" + figure(want) +
				"，现行有效为" + figure(*now.InForce),
			DetailEN: string(k) + ": " + figure(*b.InForce) + " + " + figure(*now.Made) + " - " + figure(*now.Repealed) + " is " + figure(want) +
				", in force says " + figure(*now.InForce),
		})
	}
	return v.checks()
}
