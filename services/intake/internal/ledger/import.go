package ledger

import (
	"time"

	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/intake/internal/domain"
)

// State is how far an import is.
type State string

// The states.
const (
	Queued  State = "queued"
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed"
)

var stateLabels = map[State]problem.Text{
	Queued:  {ZH: "排队中", EN: "queued"},
	Running: {ZH: "正在导入", EN: "running"},
	Done:    {ZH: "已完成", EN: "done"},
	Failed:  {ZH: "失败", EN: "failed"},
}

// Counts say what became of the rows. In a dry run Imported counts what would be.
type Counts struct {
	Total     int `json:"total"`
	Imported  int `json:"imported"`
	Unchanged int `json:"unchanged"` // were there already, with the same content
	Rejected  int `json:"rejected"`
}

func (c *Counts) add(o Counts) {
	c.Total += o.Total
	c.Imported += o.Imported
	c.Unchanged += o.Unchanged
	c.Rejected += o.Rejected
}

// Import is one file and what has become of it.
type Import struct {
	ID     string        `json:"id"`
	Office string        `json:"office"`
	By     domain.Person `json:"by"`
	DryRun bool          `json:"dry_run,omitempty"`

	FileName  string    `json:"file_name,omitempty" seal:"personal"`
	Format    Format    `json:"format"`
	Encoding  Encoding  `json:"encoding,omitempty"`  // of a CSV file
	Separator string    `json:"separator,omitempty"` // of a CSV file
	Size      int64     `json:"size"`
	SHA256    string    `json:"sha256"`
	Pieces    []string  `json:"pieces"` // ids of the pieces of the file
	Sheets    []Sheet   `json:"sheets"` // applications first: proceedings refer to them
	CreatedAt time.Time `json:"created_at"`

	State      State     `json:"state"`
	StartedAt  time.Time `json:"started_at,omitzero"`
	FinishedAt time.Time `json:"finished_at,omitzero"`
	// Counted says that the rows of every sheet have been counted.
	Counted  bool            `json:"counted,omitempty"`
	Counts   map[Kind]Counts `json:"counts,omitempty"`
	Warnings []Warning       `json:"warnings,omitempty"`
	// Failure says why a failed import stopped.
	Failure *problem.Text `json:"failure,omitempty"`

	// The checkpoint: Rows of sheet number Sheet are done, in Batches batches.
	Sheet   int `json:"sheet"`
	Rows    int `json:"rows"`
	Batches int `json:"batches"`
	// Worker holds the import until LeaseUntil; another may take it up after that.
	Worker     string    `json:"worker,omitempty"`
	LeaseUntil time.Time `json:"lease_until,omitzero"`
}

// Open reports whether a worker has something to do.
func (m *Import) Open() bool { return m.State == Queued || m.State == Running }

// sum is the counts of all kinds together.
func (m *Import) sum() (c Counts) {
	for _, k := range m.Counts {
		c.add(k)
	}
	return c
}

func (m *Import) count(k Kind, c Counts) {
	if m.Counts == nil {
		m.Counts = map[Kind]Counts{}
	}
	was := m.Counts[k]
	was.add(c)
	m.Counts[k] = was
}

// lease is how long a worker may be silent before another takes an import up.
const lease = 30 * time.Second

// claim lets a worker take the import up, unless another is at it.
func (m *Import) claim(worker string, now time.Time) bool {
	if !m.Open() || m.State == Running && m.Worker != worker && now.Before(m.LeaseUntil) {
		return false
	}
	if m.StartedAt.IsZero() {
		m.StartedAt = now
	}
	m.State, m.Worker, m.LeaseUntil = Running, worker, now.Add(lease)
	return true
}

// yield gives the import back for another worker, as when the process stops.
func (m *Import) yield(worker string) {
	if m.State == Running && m.Worker == worker {
		m.State, m.Worker, m.LeaseUntil = Queued, "", time.Time{}
	}
}

func (m *Import) finish(now time.Time, failure *problem.Text) {
	m.State, m.Failure = Done, failure
	if failure != nil {
		m.State = Failed
	}
	m.FinishedAt, m.Worker, m.LeaseUntil = now, "", time.Time{}
}

// Rejected are the rows of one batch that were not taken in.
type Rejected struct {
	Import string        `json:"import"`
	Kind   Kind          `json:"kind"`
	Batch  int           `json:"batch"`
	Rows   []RejectedRow `json:"rows"`
}

// RejectedRow is a row that was not taken in, with what is wrong with it. It is
// kept as it was, for mending.
type RejectedRow struct {
	Sheet  string   `json:"sheet,omitempty"`
	Line   int      `json:"line"`
	Cells  []string `json:"cells" seal:"personal"` // in the order of the kind's columns
	Faults []Fault  `json:"faults"`
}

// piece is a part of a file.
type piece struct {
	Office  string `json:"office"`
	Content []byte `json:"content" seal:"personal"`
}
