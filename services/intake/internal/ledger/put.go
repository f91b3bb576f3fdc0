package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/intake/internal/app"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/store"
)

// namespace makes the ids of what ledgers bring.
var namespace = uuid.MustParse("b7f6f7a4-95c0-4f0e-8a55-6f0f7a0c1d39")

// CaseID is the id of the imported case of a register number: the same for every
// import of it.
func CaseID(office, registerNo string) string {
	return uuid.NewSHA1(namespace, []byte("case\x00"+office+"\x00"+domain.CanonicalRegisterNo(registerNo))).String()
}

func proceedingID(office string, row domain.LedgerProceeding) string {
	identity := proceedingIdentity(row.Kind, row.CaseNo, row.RegisterNo, row.ReceivedOn.String())
	return uuid.NewSHA1(namespace, []byte("proceeding\x00"+office+"\x00"+identity)).String()
}

// putCase brings an application in, or finds out why not.
func (b *batch) putCase(ctx context.Context, rec record) (verdict, error) {
	ctx = docstore.SeeAll(ctx) // a row is held against every case, whoever may know of it
	row, faults, notes := b.reader.readCase(rec)
	if len(faults) > 0 {
		return verdict{faults: faults}, nil
	}
	said := row
	said.Assignee = "" // who works here now is not what the row says
	in := domain.Imported{
		ID: CaseID(b.m.Office, row.RegisterNo), Office: b.m.Office,
		Number: domain.Number{Year: row.ReceivedOn.Year(), Text: row.RegisterNo},
		Mark:   domain.LedgerMark{ImportID: b.m.ID, Sheet: b.sheet.Name, Line: rec.line, Print: printOf(said)},
	}
	if year, seq, ok := domain.ParseRegisterNo(row.RegisterNo); ok {
		in.Number.Year, in.Number.Seq = year, seq
	}
	v, err := b.file(ctx, row, in)
	v.notes = notes
	return v, err
}

// file writes the case of a row, unless it is there.
func (b *batch) file(ctx context.Context, row domain.LedgerCase, in domain.Imported) (verdict, error) {
	if b.m.DryRun {
		return b.try(ctx, in)
	}
	in.Receipt = b.Desk.Receipt(in.ID)
	for _, who := range row.Applicant().Identities() {
		in.Digests = append(in.Digests, b.Desk.Digest(b.m.Office, who))
	}
	for {
		c, err := domain.Import(row, in, b.scene.Env)
		if err != nil {
			return verdict{}, fmt.Errorf("line %d: %w", in.Mark.Line, err)
		}
		_, _, err = b.Desk.Cases.Insert(ctx, in.ID, c)
		var taken *docstore.UniqueError
		switch {
		case err == nil:
			return verdict{}, nil
		case errors.Is(err, docstore.ErrExists):
			return b.compare(ctx, in)
		case errors.As(err, &taken) && taken.Index == store.ByNumber:
			if v, ours, err := b.holder(ctx, in); err != nil || ours {
				return v, err
			}
			in.Number.Seq = 0 // another text that means the same number holds it
		default:
			return verdict{}, err
		}
	}
}

// try says what filing would come to.
func (b *batch) try(ctx context.Context, in domain.Imported) (verdict, error) {
	v, err := b.compare(ctx, in)
	if !missing(err) {
		return v, err
	}
	if in.Number.Seq == 0 {
		return verdict{}, nil
	}
	v, _, err = b.holder(ctx, in)
	if missing(err) {
		err = nil
	}
	return v, err
}

// compare holds a row against the case that is already there.
func (b *batch) compare(ctx context.Context, in domain.Imported) (verdict, error) {
	doc, err := b.Desk.Cases.Get(ctx, in.ID)
	if err != nil {
		return verdict{}, err
	}
	mark := doc.Value.Ledger
	if mark == nil || mark.Print != in.Mark.Print {
		return verdict{faults: []Fault{fault("register_no", "conflict",
			"该登记编号已经导入过，内容不同；未作改动，请在案件中更正。",
			"This register number has been imported with other content; nothing was changed. Correct the case itself.")}}, nil
	}
	return verdict{unchanged: mark.ImportID != b.m.ID}, nil
}

// holder looks at the case that holds the sequence of the row's number: ours says
// that it bears the very number, so that the row cannot go in.
func (b *batch) holder(ctx context.Context, in domain.Imported) (v verdict, ours bool, err error) {
	docs, _, err := b.Desk.Cases.Find(ctx, store.WithNumber(b.m.Office, in.Number.Year, in.Number.Seq))
	if err != nil {
		return verdict{}, false, err
	}
	if len(docs) == 0 || domain.CanonicalRegisterNo(docs[0].Value.RegisterNo()) != domain.CanonicalRegisterNo(in.Number.Text) {
		return verdict{}, false, nil
	}
	if docs[0].ID == in.ID {
		v, err := b.compare(ctx, in)
		return v, true, err
	}
	return verdict{faults: []Fault{fault("register_no", "register_no_taken",
		"该登记编号已由本系统登记的案件使用。", "A case that was registered here bears this number.")}}, true, nil
}

// putProceeding brings a review or lawsuit in, or finds out why not.
func (b *batch) putProceeding(ctx context.Context, rec record) (verdict, error) {
	ctx = docstore.SeeAll(ctx)
	row, faults := b.reader.readProceeding(rec)
	if len(faults) > 0 {
		return verdict{faults: faults}, nil
	}
	about, err := b.about(ctx, row.RegisterNo)
	if err != nil {
		return verdict{}, err
	}
	var v verdict
	if about != nil {
		f := reading{}
		f.check(row.Attack(about.Value))
		if len(f.faults) > 0 {
			return verdict{faults: f.faults}, nil
		}
	} else if row.RegisterNo != "" {
		v.notes = append(v.notes, warn("unknown_register_no", "", row.RegisterNo,
			"本机关没有该登记编号的申请，案件未关联申请。", "The office has no application of this number; the proceeding is tied to none."))
	}
	id := proceedingID(b.m.Office, row)
	p := &domain.ImportedProceeding{
		ID: id, Office: b.m.Office, Kind: row.Kind, CaseNo: row.CaseNo, RegisterNo: row.RegisterNo,
		ReceivedOn: row.ReceivedOn, Outcome: string(row.Outcome), Result: row.Result, DecidedOn: row.DecidedOn,
		Ledger:     domain.LedgerMark{ImportID: b.m.ID, Sheet: b.sheet.Name, Line: rec.line, Print: printOf(row)},
		ImportedAt: b.scene.Env.Now, ImportedBy: b.m.By,
	}
	if about != nil {
		p.Link(about.Value)
	}
	if b.m.DryRun {
		r, err := b.compareProceeding(ctx, p)
		if missing(err) {
			r, err = verdict{}, nil
		}
		r.notes = v.notes
		return r, err
	}
	p.Raise(contract.ImportedProceedingTaken)
	if _, _, err = b.proceedings.Insert(ctx, id, p); errors.Is(err, docstore.ErrExists) {
		var r verdict
		r, err = b.compareProceeding(ctx, p)
		if err == nil && r.unchanged && about != nil {
			err = b.link(ctx, id, about)
		}
		r.notes = v.notes
		return r, err
	}
	return v, err
}

// about is the case of a register number; nil when the office has none.
func (b *batch) about(ctx context.Context, registerNo string) (*app.Doc, error) {
	if registerNo == "" {
		return nil, nil //nolint:nilnil // a proceeding about an old matter names no case
	}
	doc, err := b.Desk.Cases.Get(ctx, CaseID(b.m.Office, registerNo))
	if err == nil {
		return &doc, nil
	}
	if !missing(err) {
		return nil, err
	}
	year, seq, ok := domain.ParseRegisterNo(registerNo)
	if !ok {
		return nil, nil //nolint:nilnil // as above
	}
	docs, _, err := b.Desk.Cases.Find(ctx, store.WithNumber(b.m.Office, year, seq))
	if err != nil || len(docs) == 0 || domain.CanonicalRegisterNo(docs[0].Value.RegisterNo()) != domain.CanonicalRegisterNo(registerNo) {
		return nil, err
	}
	return &docs[0], nil
}

func (b *batch) compareProceeding(ctx context.Context, p *domain.ImportedProceeding) (verdict, error) {
	doc, err := b.proceedings.Get(ctx, p.ID)
	if err != nil {
		return verdict{}, err
	}
	if doc.Value.Ledger.Print != p.Ledger.Print {
		return verdict{faults: []Fault{fault("case_no", "conflict",
			"该案件已经导入过，内容不同；未作改动，请在案件中更正。",
			"This proceeding has been imported with other content; nothing was changed. Correct the proceeding itself.")}}, nil
	}
	return verdict{unchanged: doc.Value.Ledger.ImportID != p.Ledger.ImportID}, nil
}

// link ties a proceeding that came before its application to it.
func (b *batch) link(ctx context.Context, id string, about *app.Doc) error {
	_, err := b.proceedings.Update(ctx, id, func(p *domain.ImportedProceeding) error {
		if p.CaseID == "" {
			p.Link(about.Value)
			p.Raise(contract.ImportedProceedingLinked)
		}
		return nil
	})
	return err
}
