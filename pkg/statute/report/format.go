package report

import "slices"

// Format is one version of the national format of the annual report. Art.
// 50(2) has the national office publish and update it, so a version is data.
type Format struct {
	ID         string `json:"id"`
	Instrument string `json:"instrument"`
	FirstYear  int    `json:"first_year"` // the first report year it is used for
	rows       []Row
}

// The two versions so far. They differ in the last group of results: three
// rows since 2021, one undivided row before.
var (
	Format2019 = Format{
		ID: "2019", Instrument: "国办公开办函〔2019〕60号", FirstYear: 2019,
		rows: rowsWith(OtherAll),
	}
	Format2021 = Format{
		ID: "2021", Instrument: "国办公开办函〔2021〕30号", FirstYear: 2021,
		rows: rowsWith(OtherNotCorrected, OtherFeeUnpaid, OtherOther),
	}
)

func rowsWith(other ...Row) []Row {
	rows := []Row{
		NewReceived, CarriedIn, Granted, Partial,
		DenyStateSecret, DenyLawForbids, DenySafetyStability, DenyThirdParty,
		DenyInternalAffairs, DenyProcess, DenyEnforcementFile, DenyAdminQuery,
		UnableNotHeld, UnableNeedsCreation, UnableUnclearAfterCorrection,
		NoProcPetition, NoProcDuplicate, NoProcPublication, NoProcMassiveRepeated, NoProcConfirmReissue,
	}
	rows = append(rows, other...)
	return append(rows, ResultsTotal, CarriedOut)
}

// FormatFor is the format that binds the report of a year.
func FormatFor(year int) Format {
	if year >= Format2021.FirstYear {
		return Format2021
	}
	return Format2019
}

// Rows are the data rows in printed order: 25, or 23 in the 2019 format.
func (f Format) Rows() []Row { return slices.Clone(f.rows) }

// Results are the rows in which a finished case can stand.
func (f Format) Results() []Row { return slices.Clone(f.results()) }

func (f Format) results() []Row { return f.rows[2 : len(f.rows)-2] }

// Has reports whether the format prints the row.
func (f Format) Has(r Row) bool { return slices.Contains(f.rows, r) }

// Fold is the row that stands for r in the format: the 2019 format prints the
// three rows of 其他处理 as one.
func (f Format) Fold(r Row) Row {
	if f.ID == Format2019.ID && (r == OtherNotCorrected || r == OtherFeeUnpaid || r == OtherOther) {
		return OtherAll
	}
	return r
}

var applicants = [...]Column{NaturalPerson, Commercial, Research, PublicWelfare, LegalService, OtherOrg}

// Applicants are the six columns of applicants, without the total.
func Applicants() []Column { return slices.Clone(applicants[:]) }

// Columns are the seven printed columns.
func Columns() []Column { return append(Applicants(), Total) }

// Blocks are the blocks of table four in printed order.
func Blocks() []Block { return []Block{Review, SuitDirect, SuitAfterReview} }

// Outcomes are the printed columns of a block of table four, the total last.
func Outcomes() []Outcome { return []Outcome{Upheld, Corrected, Other, Pending, OutcomeTotal} }

// Valid reports whether c is an applicant's column; the total is computed.
func (c Column) Valid() bool { return slices.Contains(applicants[:], c) }

// Valid reports whether b is a block of table four.
func (b Block) Valid() bool { return b == Review || b == SuitDirect || b == SuitAfterReview }

// Concludes reports whether o ends a proceeding.
func (o Outcome) Concludes() bool { return o == Upheld || o == Corrected || o == Other }
