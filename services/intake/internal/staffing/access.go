package staffing

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
)

// Access holds the sign-ins of one staff member, under the account's id.
type Access struct {
	docstore.Raised `json:"-"`

	Office   string    `json:"office"`
	Staff    string    `json:"staff"`
	Sessions []Session `json:"sessions,omitempty"`
	// NotBefore: what was opened until then has ended, but for Spared.
	NotBefore time.Time `json:"not_before,omitzero"`
	Spared    []string  `json:"spared,omitempty"`
}

// Session is one sign-in.
type Session struct {
	ID        string    `json:"id"`
	CreatedAt time.Time `json:"created_at"`
	// SeenAt is when its token was last issued or looked up here. Other services check
	// tokens by their signature and do not report what they see.
	SeenAt time.Time `json:"seen_at"`
	// Until is when its last token runs out.
	Until   time.Time `json:"until"`
	EndedAt time.Time `json:"ended_at,omitzero"`
	From    string    `json:"from,omitempty"`  // network address
	Agent   string    `json:"agent,omitempty"` // what the browser says it is, cut short
}

func (s Session) open(now time.Time) bool { return s.EndedAt.IsZero() && s.Until.After(now) }

const (
	// maxSessions bounds how many sign-ins of one account are listed; the oldest are
	// no longer shown, and still end with all others.
	maxSessions = 200
	// renewFor is how long a sign-in can be renewed before the password is asked again.
	renewFor = 12 * time.Hour
	// seenEvery is how coarsely the last use is kept.
	seenEvery = 5 * time.Minute
	maxAgent  = 120
)

func accessSpec(poke func()) docstore.Spec[Access] {
	return docstore.Spec[Access]{
		Name: "access", Snapshot: contract.SessionsRestated, Outbox: poke,
		Facts: func(a *Access) (string, any) { return a.Office, a.facts() },
	}
}

func (a *Access) facts() contract.SessionsFacts {
	f := contract.SessionsFacts{Office: a.Office, Staff: a.Staff, NotBefore: a.NotBefore, Spared: a.Spared}
	for _, s := range a.Sessions {
		if !s.EndedAt.IsZero() {
			f.Ended = append(f.Ended, contract.EndedSession{Session: s.ID, Until: s.Until})
		}
	}
	return f
}

// prune forgets what has run out: no token of it is valid any more.
func (a *Access) prune(now time.Time) {
	a.Sessions = slices.DeleteFunc(a.Sessions, func(s Session) bool { return !s.Until.After(now) })
	a.Spared = slices.DeleteFunc(a.Spared, func(id string) bool {
		return !slices.ContainsFunc(a.Sessions, func(s Session) bool { return s.ID == id })
	})
	if over := len(a.Sessions) - maxSessions; over > 0 {
		kept := a.Sessions[:0]
		for _, s := range a.Sessions {
			if over > 0 && s.EndedAt.IsZero() && !slices.Contains(a.Spared, s.ID) {
				over--
				continue
			}
			kept = append(kept, s)
		}
		a.Sessions = kept
	}
}

// end ends one sign-in; false when it is not open.
func (a *Access) end(id string, now time.Time) bool {
	for i := range a.Sessions {
		if a.Sessions[i].ID == id && a.Sessions[i].open(now) {
			a.Sessions[i].EndedAt = now
			return true
		}
	}
	return false
}

// endAll ends every sign-in but the spared ones. Nothing was opened later: ids rise.
func (a *Access) endAll(now time.Time, spared ...string) {
	last := now
	for i := range a.Sessions {
		if at := identity.Opened(a.Sessions[i].ID); at.After(last) {
			last = at
		}
		if a.Sessions[i].EndedAt.IsZero() && !slices.Contains(spared, a.Sessions[i].ID) {
			a.Sessions[i].EndedAt = now
		}
	}
	a.NotBefore, a.Spared = last.Truncate(time.Millisecond), spared
}

// enter opens a session for an account whose credentials were just checked, and
// returns the token in which the staff member acts. The account is read again behind
// it: whoever disabled it or changed the password meanwhile finds the session, or is
// found here.
func (s *Staffing) enter(ctx context.Context, c echo.Context, checked docstore.Doc[Account]) (token string, expires time.Time, doc docstore.Doc[Account], err error) {
	session, err := s.openSession(ctx, c, checked.Value.Office, checked.ID)
	if err != nil {
		return "", time.Time{}, doc, err
	}
	if doc, err = s.accounts.Get(ctx, checked.ID); err != nil {
		return "", time.Time{}, doc, err
	}
	if !doc.Value.Active || doc.Value.Hash != checked.Value.Hash {
		return "", time.Time{}, doc, errors.Join(s.endOne(ctx, doc.ID, session), refused())
	}
	token, expires, err = s.issue(ctx, doc, session)
	return token, expires, doc, err
}

// openSession stores a sign-in of a staff member or service account.
func (s *Staffing) openSession(ctx context.Context, c echo.Context, office, who string) (id string, err error) {
	now := s.now()
	made := Session{CreatedAt: now, SeenAt: now, Until: now.Add(s.tokens.TTL()), From: c.RealIP(), Agent: short(c.Request().UserAgent())}
	made.ID = identity.NewSession(now)
	_, err = s.access.Upsert(ctx, who, func(a *Access) error {
		a.Office, a.Staff = office, who
		if !identity.Opened(made.ID).After(a.NotBefore) {
			made.ID = identity.NewSession(a.NotBefore.Add(time.Millisecond))
		}
		a.Sessions = append(a.Sessions, made)
		a.prune(now)
		return nil
	})
	return made.ID, err
}

// issue signs a token for what the account is now. One that must first change the
// password or enrol a second factor gets a token that allows only this.
func (s *Staffing) issue(ctx context.Context, doc docstore.Doc[Account], session string) (string, time.Time, error) {
	who := doc.Value.staff(doc.ID)
	who.Session = session
	var err error
	if who.Limit, err = s.limit(ctx, doc.Value); err != nil {
		return "", time.Time{}, err
	}
	return s.tokens.Issue(who)
}

func (s *Staffing) limit(ctx context.Context, a *Account) (identity.Limit, error) {
	if a.MustChange {
		return identity.NewPassword, nil
	}
	if a.confirmed() || a.External { // the provider asks for what it wants
		return "", nil
	}
	o, err := s.Office(ctx, a.Office)
	if err != nil {
		return "", err
	}
	if (identity.Staff{Roles: a.Roles}).Has(o.Policies.SecondFactorRoles...) {
		return identity.NewFactor, nil
	}
	return "", nil
}

// endOne ends a session; one that is not open is docstore.ErrNotFound.
func (s *Staffing) endOne(ctx context.Context, staff, session string) error {
	now := s.now()
	return s.ending(ctx, staff, func(a *Access) error {
		if !a.end(session, now) {
			return docstore.ErrNotFound
		}
		return nil
	})
}

// endAll ends the sessions of a staff member, but for the spared ones.
func (s *Staffing) endAll(ctx context.Context, staff string, spared ...string) error {
	now := s.now()
	err := s.ending(ctx, staff, func(a *Access) error {
		a.endAll(now, spared...)
		return nil
	})
	if errors.Is(err, docstore.ErrNotFound) {
		return nil // never signed in
	}
	return err
}

func (s *Staffing) ending(ctx context.Context, staff string, fn func(*Access) error) error {
	doc, err := s.access.Update(ctx, staff, func(a *Access) error {
		if err := fn(a); err != nil {
			return err
		}
		a.Raise(contract.SessionsEnded)
		return nil
	})
	if err != nil {
		return err
	}
	return s.sessions.Note(ctx, doc.Value.facts(), doc.Rev)
}

// renew gives an open session a fresh token, with what the account is now.
func (s *Staffing) renew(ctx context.Context, who identity.Staff) (token string, expires time.Time, doc docstore.Doc[Account], err error) {
	if doc, err = s.accounts.Get(ctx, who.ID); err != nil {
		return "", time.Time{}, doc, err
	}
	if !doc.Value.Active {
		return "", time.Time{}, doc, inactive()
	}
	now := s.now()
	_, err = s.access.Update(ctx, who.ID, func(a *Access) error {
		i := slices.IndexFunc(a.Sessions, func(x Session) bool { return x.ID == who.Session && x.open(now) })
		if i < 0 || now.Sub(a.Sessions[i].CreatedAt) >= renewFor {
			return over()
		}
		a.Sessions[i].SeenAt, a.Sessions[i].Until = now, now.Add(s.tokens.TTL())
		return nil
	})
	if errors.Is(err, docstore.ErrNotFound) {
		err = over()
	}
	if err != nil {
		return "", time.Time{}, doc, err
	}
	token, expires, err = s.issue(ctx, doc, who.Session)
	return token, expires, doc, err
}

// seen notes, coarsely, that a session is in use.
func (s *Staffing) seen(ctx context.Context, who identity.Staff) error {
	now := s.now()
	_, err := s.access.Update(ctx, who.ID, func(a *Access) error {
		for i := range a.Sessions {
			if a.Sessions[i].ID == who.Session && now.Sub(a.Sessions[i].SeenAt) >= seenEvery {
				a.Sessions[i].SeenAt = now
			}
		}
		return nil
	})
	if errors.Is(err, docstore.ErrNotFound) {
		return nil
	}
	return err
}

func inactive() error {
	return problem.New(problem.Unauthenticated, "该账号已停用。", "This account is no longer active.")
}

func over() error {
	return problem.New(problem.Unauthenticated, "登录已结束，请重新登录。", "The sign-in has ended; sign in again.")
}

// short cuts what a browser says it is.
func short(agent string) string {
	r := []rune(agent)
	return string(r[:min(len(r), maxAgent)])
}
