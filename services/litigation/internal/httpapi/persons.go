package httpapi

import (
	"strings"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/services/litigation/internal/domain"
)

// personBody is one who takes part in a proceeding.
type personBody struct {
	Role         domain.PersonRole `json:"role" validate:"required,oneof=claimant third_party claimant_agent office_agent office_head"`
	Name         string            `json:"name" validate:"required,notblank,max=100,line"`
	Organisation bool              `json:"organisation"`
}

func personsOf(bodies []personBody) []domain.Person {
	var out []domain.Person
	for _, b := range bodies {
		out = append(out, domain.Person{Role: b.Role, Name: strings.TrimSpace(b.Name), Organisation: b.Organisation})
	}
	return out
}

type personsBody struct {
	Persons []personBody `json:"persons" validate:"max=50,dive"`
}

// setPersons replaces who takes part: agents and heads become known later than the
// claimant.
func (a *API) setPersons(c echo.Context) error {
	staff, _, err := a.caller(c)
	if err != nil {
		return err
	}
	body, err := httpkit.Bind[personsBody](c)
	if err != nil {
		return err
	}
	rev, err := httpkit.IfMatch(c)
	if err != nil {
		return err
	}
	opts := httpkit.Command(c).Options()
	if rev != 0 {
		opts = append(opts, docstore.IfRev(rev))
	}
	return a.revise(c, staff, func(p *domain.Proceeding) error {
		p.Persons = personsOf(body.Persons)
		return nil
	}, opts...)
}

type personView struct {
	Role         domain.PersonRole `json:"role"`
	RoleLabel    string            `json:"role_label"`
	Name         string            `json:"name"`
	Organisation bool              `json:"organisation,omitempty"`
	// Masked: the given name is left out.
	Masked bool `json:"masked"`
}

// personsView shows who takes part: in full to those who handle proceedings, and only
// in the file of a single one.
func personsView(p *domain.Proceeding, inFull bool) []personView {
	out := make([]personView, 0, len(p.Persons))
	for _, who := range p.Persons {
		v := personView{Role: who.Role, RoleLabel: who.Role.Label(), Name: who.Name, Organisation: who.Organisation}
		if !inFull {
			v.Name = who.Masked()
			v.Masked = !who.Organisation
		}
		out = append(out, v)
	}
	return out
}

// claimants are those who brought the proceeding, as the view names them.
func (p proceedingView) claimants() string {
	var names []string
	for _, who := range p.Persons {
		if who.Role == domain.Claimant {
			names = append(names, who.Name)
		}
	}
	return strings.Join(names, "、")
}
