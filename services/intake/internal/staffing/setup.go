package staffing

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
)

// Installation remembers how the installation was set up. That its one document
// can be written once only is what makes the set-up code work once.
type Installation struct {
	Office  Office    `json:"office"`
	AdminID string    `json:"admin_id"`
	Admin   Account   `json:"admin"`
	SetUpAt time.Time `json:"set_up_at"`
}

const installationID = "installation"

// newOffice is an office in a request.
type newOffice struct {
	ID                 string  `json:"id" validate:"required,slug"`
	Name               string  `json:"name" validate:"required,notblank,line,max=100"`
	SuperiorGovernment string  `json:"superior_government,omitempty" validate:"omitempty,line,max=100"`
	District           string  `json:"district,omitempty" validate:"omitempty,line,max=100"`
	Court              string  `json:"court,omitempty" validate:"omitempty,line,max=100"`
	Contact            Contact `json:"contact,omitzero"`
}

func (n newOffice) office(now time.Time) Office {
	return Office{ID: n.ID, CreatedAt: now, Settings: Settings{
		Name: strings.TrimSpace(n.Name), SuperiorGovernment: n.SuperiorGovernment, District: n.District, Court: n.Court,
		Contact: n.Contact, Policies: DefaultPolicies(),
	}}
}

// newAdmin is an office's first administrator in a request.
type newAdmin struct {
	Username string `json:"username" validate:"required,username"`
	Name     string `json:"name" validate:"required,notblank,line,max=40"`
	Password string `json:"password" validate:"required,min=10,max=128"`
}

func (s *Staffing) account(office, username, name, password string, roles []identity.Role) (Account, error) {
	if err := checkPassword(username, password); err != nil {
		return Account{}, err
	}
	hash, err := s.passwords.Hash(password)
	if err != nil {
		return Account{}, err
	}
	return Account{Office: office, Username: username, Name: strings.TrimSpace(name), Roles: roles, Active: true, Hash: hash, CreatedAt: s.now()}, nil
}

type bootstrap struct {
	SetupCode string    `json:"setup_code" validate:"required,max=64"`
	Office    newOffice `json:"office"`
	Admin     newAdmin  `json:"admin"`
}

// founded is the answer to the creation of an office.
type founded struct {
	Office officeView `json:"office"`
	Staff  staffView  `json:"staff"`
}

// postBootstrap creates the first office and its administrator, once.
func (s *Staffing) postBootstrap(c echo.Context) error {
	in, err := httpkit.Bind[bootstrap](c)
	if err != nil {
		return err
	}
	if !s.master.CheckSetupCode(in.SetupCode) {
		return problem.New(problem.Forbidden, "初始化代码不正确。", "The set-up code is not right.")
	}
	key, ctx := httpkit.Command(c), c.Request().Context()
	admin, err := s.account(in.Office.ID, in.Admin.Username, in.Admin.Name, in.Admin.Password, []identity.Role{identity.Admin})
	if err != nil {
		return under("/admin", err)
	}
	doc, _, err := s.setup.Insert(ctx, installationID, &Installation{
		Office: in.Office.office(s.now()), AdminID: key.ID("staff"), Admin: admin, SetUpAt: s.now(),
	}, key.Options()...)
	if errors.Is(err, docstore.ErrExists) {
		return problem.New(problem.AlreadyExists, "系统已经完成初始化。", "This installation is already set up.").Because(err)
	}
	if err != nil {
		return err
	}
	if err := s.complete(ctx, *doc.Value); err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, founded{viewOffice(doc.Value.Office), viewStaff(doc.Value.AdminID, &doc.Value.Admin)})
}

// complete creates what the set-up decided, as far as it is not there yet.
func (s *Staffing) complete(ctx context.Context, in Installation) error {
	return s.found(ctx, in.Office, in.AdminID, in.Admin)
}

// found creates an office and its first administrator, in this order: an account
// never belongs to an office that somebody else created.
func (s *Staffing) found(ctx context.Context, o Office, adminID string, admin Account) error {
	o.Raise(contract.OfficeChanged)
	if _, _, err := s.offices.Insert(ctx, o.ID, &o); err != nil && !errors.Is(err, docstore.ErrExists) {
		return err
	}
	_, _, err := s.accounts.Insert(ctx, adminID, &admin)
	if err != nil && !errors.Is(err, docstore.ErrExists) {
		return err
	}
	return nil
}

// anotherOffice is the body of POST /v1/offices.
type anotherOffice struct {
	newOffice
	Admin newAdmin `json:"admin"`
}

// postOffice creates a further office with its own administrator. It is an
// administrator's to do, who gets no access to the new office by it.
func (s *Staffing) postOffice(c echo.Context) error {
	in, err := httpkit.Bind[anotherOffice](c)
	if err != nil {
		return err
	}
	key, ctx := httpkit.Command(c), c.Request().Context()
	adminID := key.ID("staff")
	if err := s.freeUsername(ctx, in.Admin.Username, adminID, "/admin/username"); err != nil {
		return err
	}
	admin, err := s.account(in.ID, in.Admin.Username, in.Admin.Name, in.Admin.Password, []identity.Role{identity.Admin})
	if err != nil {
		return under("/admin", err)
	}
	o := in.office(s.now())
	o.Raise(contract.OfficeChanged)
	doc, _, err := s.offices.Insert(ctx, o.ID, &o, key.Options()...)
	if errors.Is(err, docstore.ErrExists) {
		if doc, err = s.unstaffed(ctx, o.ID); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	if err := s.found(ctx, *doc.Value, adminID, admin); err != nil {
		return takenUsername(err, "/admin/username")
	}
	made, err := s.accounts.Get(ctx, adminID)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, founded{viewOffice(*doc.Value), viewStaff(made.ID, made.Value)})
}

// unstaffed returns an office that exists without anybody in it: its creation was
// cut off, and may be taken up again.
func (s *Staffing) unstaffed(ctx context.Context, id string) (docstore.Doc[Office], error) {
	taken := problem.New(problem.AlreadyExists, "该机关代码已被使用。", "There already is an office of this id.")
	taken.Fields = []problem.Field{problem.At("/id", "taken", taken.Detail.ZH, taken.Detail.EN)}
	docs, _, err := s.accounts.Find(ctx, docstore.Query{Index: byOffice, Eq: []any{id}, Limit: 1})
	if err != nil {
		return docstore.Doc[Office]{}, err
	}
	if len(docs) > 0 {
		return docstore.Doc[Office]{}, taken
	}
	return s.offices.Get(ctx, id)
}

// freeUsername refuses a username that another account has.
func (s *Staffing) freeUsername(ctx context.Context, username, own, pointer string) error {
	doc, there, err := s.byUsername(ctx, username)
	if err != nil {
		return err
	}
	if there && doc.ID != own {
		return usernameTaken(pointer)
	}
	return nil
}

func takenUsername(err error, pointer string) error {
	if errors.Is(err, docstore.ErrUnique) {
		return usernameTaken(pointer).Because(err)
	}
	return err
}

func usernameTaken(pointer string) *problem.Error {
	p := problem.New(problem.AlreadyExists, "该用户名已被使用。", "This username is taken.")
	p.Fields = []problem.Field{problem.At(pointer, "taken", p.Detail.ZH, p.Detail.EN)}
	return p
}

// under puts the pointers of a problem below another.
func under(pointer string, err error) error {
	if p := (*problem.Error)(nil); errors.As(err, &p) {
		for i := range p.Fields {
			p.Fields[i].Pointer = pointer + p.Fields[i].Pointer
		}
	}
	return err
}
