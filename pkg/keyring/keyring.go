// Package keyring keeps the data keys of a service in generations, so that they can be
// changed while it serves.
//
// A generation is a random secret from which the data key of every office follows. It is
// stored wrapped, in the service's own store: whoever has the store and not the key that
// wraps it has nothing. The newest generation seals; every generation opens what it
// sealed. After a change each process learns of the new generation within seconds and
// uses it from then on, and one of them seals what is stored anew, a few documents at a
// time, while people work (Unit).
//
// The first generation is not random: it follows from the master key, as all data keys
// did before there were generations.
package keyring

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/sealed"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/wallclock"
)

// Generation is one version of a service's data keys, as it is stored.
type Generation struct {
	Version int       `json:"version"` // from 1
	MadeAt  time.Time `json:"made_at"` // instant
	Wrapper string    `json:"wrapper"` // where its root is wrapped: the name of a Wrapper
	Wrapped string    `json:"wrapped,omitempty"`
}

// Options are what Open needs.
type Options struct {
	Service string
	Store   docstore.Store // the service's own
	Clock   wallclock.Clock
	Log     *slog.Logger
	Master  secret.Master
	// Wrappers are where keys are wrapped: new ones in the first, and each opens what it
	// wrapped. The master key is always among them; alone when there is none.
	Wrappers []Wrapper
	// Every is how often the store is asked for new generations; 0: 15 seconds.
	Every time.Duration
}

// Keys are the data keys of a service. It implements sealed.Keys and is safe for
// concurrent use.
type Keys struct {
	o           Options
	generations *docstore.Repo[Generation]
	walks       *docstore.Repo[Walk]

	mu     sync.Mutex
	newest Generation
	roots  map[int][RootSize]byte
}

var _ sealed.Keys = (*Keys)(nil)

// Errors of Open and DataKey.
var (
	// ErrWrapper says that a key was wrapped in a place that is not configured.
	ErrWrapper = errors.New("the place where the data keys are wrapped is not configured")
	// ErrUnknown says that no generation has this version.
	ErrUnknown = errors.New("generation of data keys is not known")
)

const defaultEvery = 15 * time.Second

// Open reads the generations and makes the first. When keys are to be wrapped elsewhere
// than they are, it makes a new generation and wraps all of them there. It opens all of them, so
// that a process that could not read what is stored does not start. ErrWrapper, ErrUnwrap.
func Open(ctx context.Context, o Options) (*Keys, error) {
	if o.Every == 0 {
		o.Every = defaultEvery
	}
	if !slices.ContainsFunc(o.Wrappers, func(w Wrapper) bool { return w.Name() == MasterName }) {
		o.Wrappers = append(slices.Clone(o.Wrappers), Master(o.Master))
	}
	k := &Keys{o: o, roots: map[int][RootSize]byte{}}
	var err error
	k.generations, err = docstore.Open(ctx, o.Store, o.Clock.Now, docstore.Spec[Generation]{Name: "data_keys"})
	if err != nil {
		return nil, err
	}
	if k.walks, err = docstore.Open(ctx, o.Store, o.Clock.Now, docstore.Spec[Walk]{Name: "data_key_walks"}); err != nil {
		return nil, err
	}
	first := Generation{Version: 1, MadeAt: o.Clock.Now().UTC(), Wrapper: MasterName}
	if _, _, err := k.generations.Insert(ctx, id(1), &first); err != nil && !errors.Is(err, docstore.ErrExists) {
		return nil, fmt.Errorf("first data keys of %s: %w", o.Service, err)
	}
	if err := k.Refresh(ctx); err != nil {
		return nil, err
	}
	if k.current().Wrapper != o.Wrappers[0].Name() {
		if _, err := k.Rotate(ctx); err != nil {
			return nil, err
		}
	}
	return k, k.rewrap(ctx)
}

// rewrap has every generation wrapped by the first wrapper, so that the place where it
// was wrapped before is needed no more.
func (k *Keys) rewrap(ctx context.Context) error {
	list, err := k.Generations(ctx)
	if err != nil {
		return err
	}
	to := k.o.Wrappers[0]
	for _, g := range list {
		root, err := k.root(ctx, g)
		if err != nil {
			return err
		}
		if g.Version == 1 || g.Wrapper == to.Name() {
			continue
		}
		wrapped, err := to.Wrap(ctx, k.place(g.Version), root)
		if err != nil {
			return fmt.Errorf("wrap data keys %d of %s in %s: %w", g.Version, k.o.Service, to.Name(), err)
		}
		_, err = k.generations.Update(ctx, id(g.Version), func(g *Generation) error {
			g.Wrapper, g.Wrapped = to.Name(), wrapped
			return nil
		})
		if err != nil {
			return fmt.Errorf("wrap data keys %d of %s in %s: %w", g.Version, k.o.Service, to.Name(), err)
		}
	}
	return nil
}

// id sorts as the versions do.
func id(version int) string { return fmt.Sprintf("%08d", version) }

// Generations are all that there are, the oldest first.
func (k *Keys) Generations(ctx context.Context) ([]Generation, error) {
	var list []Generation
	err := k.generations.Each(ctx, func(d docstore.Doc[Generation]) error {
		list = append(list, *d.Value)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("data keys of %s: %w", k.o.Service, err)
	}
	return list, nil
}

// Refresh learns of generations that another process made.
func (k *Keys) Refresh(ctx context.Context) error {
	list, err := k.Generations(ctx)
	if err != nil {
		return err
	}
	newest := list[len(list)-1]
	if newest.Version <= k.current().Version {
		return nil
	}
	if _, err := k.root(ctx, newest); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if newest.Version > k.newest.Version {
		k.newest = newest
	}
	return nil
}

// Rotate makes a new generation, which seals from now on. When another process makes one
// at the same moment, that is the one.
func (k *Keys) Rotate(ctx context.Context) (Generation, error) {
	if err := k.Refresh(ctx); err != nil {
		return Generation{}, err
	}
	g := Generation{Version: k.current().Version + 1, MadeAt: k.o.Clock.Now().UTC(), Wrapper: k.o.Wrappers[0].Name()}
	var root [RootSize]byte
	if _, err := rand.Read(root[:]); err != nil {
		return Generation{}, fmt.Errorf("new data keys: %w", err)
	}
	var err error
	if g.Wrapped, err = k.o.Wrappers[0].Wrap(ctx, k.place(g.Version), root); err != nil {
		return Generation{}, fmt.Errorf("wrap the new data keys of %s in %s: %w", k.o.Service, g.Wrapper, err)
	}
	_, _, err = k.generations.Insert(ctx, id(g.Version), &g)
	if err != nil && !errors.Is(err, docstore.ErrExists) {
		return Generation{}, fmt.Errorf("new data keys of %s: %w", k.o.Service, err)
	}
	if err := k.Refresh(ctx); err != nil {
		return Generation{}, err
	}
	return k.current(), nil
}

func (k *Keys) current() Generation {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.newest
}

// Newest implements sealed.Keys.
func (k *Keys) Newest() int { return k.current().Version }

// DataKey implements sealed.Keys: the key of the office in that generation. One that was
// made since the last look is read from the store. ErrUnknown, ErrWrapper, ErrUnwrap.
func (k *Keys) DataKey(ctx context.Context, office string, version int) ([32]byte, error) {
	if version == 1 {
		return sealed.Derived{Master: k.o.Master}.DataKey(ctx, office, version)
	}
	root, err := k.rootOf(ctx, version)
	if err != nil {
		return [32]byte{}, err
	}
	key, err := hkdf.Key(sha256.New, root[:], nil, "zhiqing/data-key/"+strconv.Itoa(version)+"/"+office, 32)
	if err != nil {
		return [32]byte{}, fmt.Errorf("data key: %w", err)
	}
	return [32]byte(key), nil
}

func (k *Keys) rootOf(ctx context.Context, version int) (root [RootSize]byte, err error) {
	k.mu.Lock()
	root, ok := k.roots[version]
	k.mu.Unlock()
	if ok {
		return root, nil
	}
	g, err := k.generations.Get(ctx, id(version))
	if errors.Is(err, docstore.ErrNotFound) {
		return root, fmt.Errorf("%w: version %d of %s", ErrUnknown, version, k.o.Service)
	}
	if err != nil {
		return root, err
	}
	return k.root(ctx, *g.Value)
}

// root opens the secret of a generation once and remembers it.
func (k *Keys) root(ctx context.Context, g Generation) (root [RootSize]byte, err error) {
	if g.Version == 1 {
		return root, nil // follows from the master key, office by office
	}
	k.mu.Lock()
	root, ok := k.roots[g.Version]
	k.mu.Unlock()
	if ok {
		return root, nil
	}
	i := slices.IndexFunc(k.o.Wrappers, func(w Wrapper) bool { return w.Name() == g.Wrapper })
	if i < 0 {
		return root, fmt.Errorf("%w: data keys %d of %s are wrapped by %q; name it behind the new place", ErrWrapper, g.Version, k.o.Service, g.Wrapper)
	}
	if root, err = k.o.Wrappers[i].Unwrap(ctx, k.place(g.Version), g.Wrapped); err != nil {
		return root, fmt.Errorf("unwrap data keys %d of %s by %s: %w", g.Version, k.o.Service, g.Wrapper, err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.roots[g.Version] = root
	return root, nil
}

func (k *Keys) place(version int) string {
	return "zhiqing/data-keys/" + k.o.Service + "/" + strconv.Itoa(version)
}
