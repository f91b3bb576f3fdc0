package domain

import (
	"strconv"
	"strings"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/decision"
)

// Search is one task that asks a unit of the agency to look for the information
// (检索协查) and what the unit reported. It is the evidence for "经检索没有"
// (条例 art. 36(4)), and it never stops the clock (rules 7.6).
type Search struct {
	N       int        `json:"n"`
	Unit    string     `json:"unit"`                  // 内设机构、站所、档案室
	Scope   string     `json:"scope" seal:"personal"` // what to look for, and in which years
	AskedOn civil.Date `json:"asked_on"`              // 交办之日
	DueOn   civil.Date `json:"due_on,omitzero"`       // the office's own limit
	AskedBy Person     `json:"asked_by"`

	ReportedOn civil.Date `json:"reported_on,omitzero"`
	Result     string     `json:"result,omitempty"`
	Places     []string   `json:"places,omitempty" seal:"personal"` // archives, systems, cabinets
	Method     string     `json:"method,omitempty" seal:"personal"` // key words, years, case numbers
	Found      string     `json:"found,omitempty" seal:"personal"`  // what was found, or why there is nothing
	Searcher   string     `json:"searcher,omitempty" seal:"personal"`
	ReportedBy *Person    `json:"reported_by,omitempty"`
}

func (s *Search) open() bool { return s.ReportedOn.IsZero() }

const art36d = "条例 art. 36(4)"

const searchLimit = 50

// SearchOrder sends a search task to a unit.
type SearchOrder struct {
	Unit    string
	Scope   string // empty: what the applicant asked for
	AskedOn civil.Date
	DueOn   civil.Date
}

// OrderSearch asks a unit to look for the information.
func (c *Case) OrderSearch(cmd SearchOrder, env Env) error {
	if err := c.mustBeUndecided(); err != nil {
		return err
	}
	if len(c.Searches) >= searchLimit {
		return refuse("检索任务过多。", "There are too many search tasks.", art36d)
	}
	var bad faults
	bad.required("/unit", cmd.Unit, "请填写承担检索的机构。", "Name the unit that shall search.", art36d)
	bad.text("/unit", cmd.Unit, NameLimit)
	bad.text("/scope", cmd.Scope, textLimit)
	cmd.AskedOn = bad.day("/asked_on", cmd.AskedOn, env, c.ReceivedOn(), "收到申请之日", "the day of receipt")
	if !cmd.DueOn.IsZero() && cmd.DueOn < cmd.AskedOn {
		bad.add("/due_on", "date_too_early", "期限不能早于交办之日。", "The limit lies before the request.", "")
	}
	if err := bad.err(); err != nil {
		return err
	}
	if strings.TrimSpace(cmd.Scope) == "" {
		cmd.Scope = c.Content.Description
	}
	n := len(c.Searches) + 1
	c.Searches = append(c.Searches, Search{
		N: n, Unit: cmd.Unit, Scope: cmd.Scope, AskedOn: cmd.AskedOn, DueOn: cmd.DueOn, AskedBy: env.Actor.person(),
	})
	c.note(env, "search_asked", cmd.AskedOn, strconv.Itoa(n))
	c.Raise(contract.CaseChanged)
	return c.settle(env)
}

// SearchReport is what a unit found.
type SearchReport struct {
	ReportedOn civil.Date
	Result     string
	Places     []string
	Method     string
	Found      string
	Searcher   string
}

// ReportSearch records what became of search task n. A search that found nothing
// must say where and how was searched, because the reply rests on it.
func (c *Case) ReportSearch(n int, cmd SearchReport, env Env) error {
	if n < 1 || n > len(c.Searches) {
		return problem.New(problem.NotFound, "没有这项检索任务。", "There is no such search task.")
	}
	if err := c.mustBeUndecided(); err != nil {
		return err
	}
	s := &c.Searches[n-1]
	if !s.open() {
		return refuse("该检索任务已有结果。", "This search has been reported.", art36d)
	}
	var bad faults
	bad.oneOf("/result", cmd.Result, SearchResults.has(cmd.Result))
	if len(cmd.Places) > 50 {
		bad.add("/places", "too_many", "检索地点过多。", "There are too many places.", "")
	}
	for i, p := range cmd.Places {
		at := "/places/" + strconv.Itoa(i)
		bad.required(at, p, "检索地点不能为空。", "A place is empty.", art36d)
		bad.text(at, p, NoteLimit)
	}
	if cmd.Result == SearchNothing {
		if len(cmd.Places) == 0 {
			bad.required("/places", "", "未检索到的，应当写明检索的范围。", "A search that found nothing says where was searched.", art36d)
		}
		bad.required("/method", cmd.Method, "未检索到的，应当写明检索的方式。", "A search that found nothing says how was searched.", art36d)
	}
	if cmd.Searcher == "" {
		cmd.Searcher = env.Actor.Name
	}
	bad.required("/searcher", cmd.Searcher, "请填写检索人。", "Name who searched.", art36d)
	bad.text("/method", cmd.Method, NoteLimit)
	bad.text("/found", cmd.Found, textLimit)
	bad.text("/searcher", cmd.Searcher, NameLimit)
	cmd.ReportedOn = bad.day("/reported_on", cmd.ReportedOn, env, s.AskedOn, "交办之日", "the day of the request")
	if err := bad.err(); err != nil {
		return err
	}
	by := env.Actor.person()
	s.ReportedOn, s.Result, s.Places, s.Method = cmd.ReportedOn, cmd.Result, cmd.Places, cmd.Method
	s.Found, s.Searcher, s.ReportedBy = cmd.Found, cmd.Searcher, &by
	c.note(env, "search_reported", cmd.ReportedOn, strconv.Itoa(n))
	c.Raise(contract.CaseChanged)
	return c.settle(env)
}

// The results of a search.
const (
	SearchFound   = "found"
	SearchPartly  = "partly"
	SearchNothing = "nothing"
)

// SearchRecord is what a reply says of the searches that found nothing: where,
// how, when and by whom. Empty when there was none.
func (c *Case) SearchRecord() string {
	var b strings.Builder
	for i := range c.Searches {
		s := &c.Searches[i]
		if s.Result != SearchNothing {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("；")
		}
		b.WriteString(s.ReportedOn.String() + "，" + s.Unit + "检索了" + strings.Join(s.Places, "、") + "，检索方式：" + strings.TrimRight(s.Method, "。"))
	}
	if b.Len() > 0 {
		b.WriteString("，均未检索到。")
	}
	return b.String()
}

// openSearch is the first task that has not been reported, or nil.
func (c *Case) openSearch() *Search {
	for i := range c.Searches {
		if c.Searches[i].open() {
			return &c.Searches[i]
		}
	}
	return nil
}

// searchAllows holds a choice against the search tasks. Nothing can be called
// non-existent that a search found or that is still being looked for; other
// replies wait for open tasks unless the office lets them go ahead for a recorded
// reason.
func (c *Case) searchAllows(kind decision.Kind, reason string, env Env) error {
	if kind == decision.DoesNotExist {
		for i := range c.Searches {
			if s := &c.Searches[i]; s.Result == SearchFound || s.Result == SearchPartly {
				return refuse(s.Unit+"已检索到相关信息，不能以信息不存在答复。",
					"A search found information; it cannot be called non-existent.", art36d)
			}
		}
	}
	s := c.openSearch()
	if s == nil {
		return nil
	}
	if kind != decision.DoesNotExist && env.Policy.OpenSearch == AllowWithReason {
		if strings.TrimSpace(reason) != "" {
			return nil
		}
		var bad faults
		bad.required("/note", "", "检索任务尚未反馈，先行答复应当写明理由。", "A search is still open; replying before it needs a recorded reason.", art36d)
		return bad.err()
	}
	return refuse("交办"+s.Unit+"的检索尚未反馈。", "The search by "+s.Unit+" has not been reported.", art36d)
}
