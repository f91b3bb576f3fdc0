package ledger

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/intake/internal/app"
	"zhiqing.dev/services/intake/internal/domain"
)

const (
	// lookEvery is how often the worker looks for imports that another process left.
	lookEvery = 5 * time.Second
	// batchRows and batchBytes bound a batch: it ends at whichever comes first, so
	// that its bad rows fit into one document.
	batchRows  = 500
	batchBytes = 512 << 10
	// maxRows bounds the rows of one import.
	maxRows = 500_000
)

// errTaken says that another worker has taken the import over.
var errTaken = errors.New("the import was taken over by another worker")

// Unit works on what is queued, one import at a time.
func (l *Ledgers) Unit() lifecycle.Unit {
	return lifecycle.Unit{
		Name: "ledger imports",
		Run: func(ctx context.Context) error {
			tick := time.NewTicker(lookEvery)
			defer tick.Stop()
			for {
				if err := l.workAll(ctx); err != nil && ctx.Err() == nil {
					l.Log.WarnContext(ctx, "imports are tried again", "error", err)
				}
				select {
				case <-ctx.Done():
					return nil
				case <-tick.C:
				case <-l.wake:
				}
			}
		},
	}
}

// rouse tells the worker that something is queued.
func (l *Ledgers) rouse() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// workAll works on open imports, oldest first, until there is none that it can
// take.
func (l *Ledgers) workAll(ctx context.Context) error {
	var failed error
	after := ""
	for ctx.Err() == nil {
		docs, next, err := l.imports.Find(ctx, docstore.Query{Index: byWork, Limit: 20, After: after})
		if err != nil {
			return errors.Join(failed, err)
		}
		for _, doc := range docs {
			if err := l.work(ctx, doc.ID); err != nil {
				failed = errors.Join(failed, fmt.Errorf("import %s: %w", doc.ID, err))
			}
		}
		if after = next; next == "" {
			return failed
		}
	}
	return failed
}

// work takes an import up and brings it to its end, or as far as it gets before
// the process stops. What the file itself makes impossible fails the import; any
// other error leaves it for another try.
func (l *Ledgers) work(ctx context.Context, id string) error {
	mine := false
	doc, err := l.imports.Update(ctx, id, func(m *Import) error {
		mine = m.claim(l.worker, l.Desk.Clock.Now())
		return nil
	})
	if err != nil || !mine {
		return err
	}
	err = l.run(ctx, doc.Value)
	var unreadable *problem.Error
	switch {
	case errors.Is(err, errTaken):
		return nil
	case errors.Is(err, errWorkbook) || errors.Is(err, docstore.ErrTooLarge) || errors.As(err, &unreadable):
		l.Log.WarnContext(ctx, "an import failed", "import", id, "error", err)
		text := problem.Text{ZH: "文件无法读取完毕。", EN: "The file could not be read to its end."}
		if unreadable != nil {
			text = unreadable.Detail
		}
		_, err = l.imports.Update(ctx, id, func(m *Import) error {
			if m.Worker == l.worker {
				m.finish(l.Desk.Clock.Now(), &text)
			}
			return nil
		})
		return err
	case err != nil:
		// The process stops, or the store does: somebody goes on from the checkpoint.
		back, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_, gerr := l.imports.Update(back, id, func(m *Import) error { m.yield(l.worker); return nil })
		return errors.Join(err, gerr)
	}
	return nil
}

// job is one import at work.
type job struct {
	*Ledgers
	m      *Import
	book   book
	reader reader
	scene  app.Scene
	seen   map[[16]byte]place // identities of rows so far
}

// place is where a row stands.
type place struct {
	sheet int16
	line  int32
}

func (l *Ledgers) run(ctx context.Context, m *Import) error {
	b, err := l.book(ctx, m)
	if err != nil {
		return err
	}
	defer b.close() //nolint:errcheck // read only
	scene, err := l.Desk.Scene(ctx, m.Office, domain.Actor{Kind: m.By.Kind, ID: m.By.ID, Name: m.By.Name})
	if err != nil {
		return err
	}
	members, err := l.membersOf(ctx, m.Office)
	if err != nil {
		return err
	}
	j := &job{
		Ledgers: l, m: m, book: b, scene: scene,
		reader: reader{today: scene.Env.Today, staff: members}, seen: map[[16]byte]place{},
	}
	if x, ok := b.(*xlsxBook); ok {
		j.reader.since1904 = x.since1904
	}
	if err := j.countRows(ctx); err != nil {
		return err
	}
	for i, sheet := range m.Sheets {
		if err := j.sheet(ctx, i, sheet); err != nil {
			return err
		}
	}
	return j.save(ctx, func(m *Import) { m.finish(l.Desk.Clock.Now(), nil) })
}

// membersOf finds staff ids by names; a name that several bear leads to none.
func (l *Ledgers) membersOf(ctx context.Context, office string) (map[string]string, error) {
	staff, err := l.Members(ctx, office)
	if err != nil {
		return nil, fmt.Errorf("staff of the office: %w", err)
	}
	ids := map[string]string{}
	for _, s := range staff {
		name := strings.ToLower(s.Name)
		if _, taken := ids[name]; taken {
			ids[name] = ""
			continue
		}
		ids[name] = s.ID
	}
	for _, s := range staff {
		if _, taken := ids[s.Username]; !taken {
			ids[s.Username] = s.ID
		}
	}
	return ids, nil
}

// save writes what the worker has to say about the import, if it still holds it.
func (j *job) save(ctx context.Context, change func(*Import)) error {
	doc, err := j.imports.Update(ctx, j.m.ID, func(m *Import) error {
		if m.State != Running || m.Worker != j.worker {
			return errTaken
		}
		m.LeaseUntil = j.Desk.Clock.Now().Add(lease)
		change(m)
		return nil
	})
	if err != nil {
		return err
	}
	j.m = doc.Value
	return nil
}

// countRows counts the rows first, so that whoever waits sees how far it is.
func (j *job) countRows(ctx context.Context) error {
	if j.m.Counted {
		return nil
	}
	totals := map[Kind]int{}
	all := 0
	for _, sheet := range j.m.Sheets {
		err := j.rows(ctx, sheet, func(Row) error {
			totals[sheet.Kind]++
			if all++; all > maxRows {
				return problem.New(problem.Invalid, fmt.Sprintf("台账超过%d行，请分成几个文件导入。", maxRows),
					fmt.Sprintf("The ledger has more than %d rows; divide it into several files.", maxRows))
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return j.save(ctx, func(m *Import) {
		m.Counted = true
		for k, n := range totals {
			m.count(k, Counts{Total: n})
		}
	})
}

// beatRows is after how many rows a worker that only reads says that it is alive.
const beatRows = 5000

// rows gives the rows of a sheet below its headings.
func (j *job) rows(ctx context.Context, sheet Sheet, fn func(Row) error) error {
	n := 0
	return j.book.each(sheet.Name, func(r Row) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if r.Line <= sheet.Header {
			return nil
		}
		if n++; n%beatRows == 0 {
			if err := j.save(ctx, func(*Import) {}); err != nil {
				return err
			}
		}
		return fn(r)
	})
}

// sheet brings a sheet in, from the checkpoint on. Rows before it are only looked
// at for what must not come again.
func (j *job) sheet(ctx context.Context, i int, sheet Sheet) error {
	done := 0
	switch {
	case i < j.m.Sheet:
		done = maxRows
	case i == j.m.Sheet:
		done = j.m.Rows
	}
	b := batch{job: j, at: i, sheet: sheet}
	n := 0
	err := j.rows(ctx, sheet, func(r Row) error {
		rec := sheet.arrange(r)
		before, again := j.again(i, rec)
		if n++; n <= done {
			return nil
		}
		if again {
			rec.bad = append(rec.bad, j.twice(i, before))
		}
		b.add(rec)
		if b.full() {
			return b.flush(ctx, n)
		}
		return nil
	})
	if err != nil || i < j.m.Sheet {
		return err
	}
	if err := b.flush(ctx, n); err != nil {
		return err
	}
	return j.save(ctx, func(m *Import) { m.Sheet, m.Rows = i+1, 0 })
}

// again reports whether the identity of the record stood before, and where.
func (j *job) again(sheet int, rec record) (place, bool) {
	kind := j.m.Sheets[sheet].Kind
	id := rec.identity(kind)
	if id == "" {
		return place{}, false
	}
	sum := sha256.Sum256([]byte(string(kind) + "\x00" + id))
	key := [16]byte(sum[:16])
	if before, ok := j.seen[key]; ok {
		return before, true
	}
	j.seen[key] = place{int16(sheet), int32(rec.line)} //nolint:gosec // at most maxSheets, and lines of a file of some megabytes
	return place{}, false
}

// twice is the fault of a row that names what an earlier row has named.
func (j *job) twice(sheet int, before place) Fault {
	zh, en := fmt.Sprintf("第%d行", before.line), fmt.Sprintf("line %d", before.line)
	if int(before.sheet) != sheet {
		name := j.m.Sheets[before.sheet].Name
		zh, en = "工作表“"+name+"”"+zh, "sheet \""+name+"\", "+en
	}
	if j.m.Sheets[sheet].Kind == Proceedings {
		return fault("case_no", "duplicate_in_file", "与"+zh+"是同一案件。", "The same proceeding stands in "+en+".")
	}
	return fault("register_no", "duplicate_in_file", "登记编号与"+zh+"相同。", "The same register number stands in "+en+".")
}

// inOrder puts the sheets of applications before those that refer to them.
func inOrder(sheets []Sheet) []Sheet {
	slices.SortStableFunc(sheets, func(a, b Sheet) int {
		return strings.Compare(string(a.Kind), string(b.Kind)) // "cases" < "proceedings"
	})
	return sheets
}
