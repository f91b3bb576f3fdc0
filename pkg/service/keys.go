package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/keyring"
	"zhiqing.dev/pkg/keyring/transit"
	"zhiqing.dev/pkg/sealed"
	"zhiqing.dev/pkg/secret"
)

// ParseKMS reads where data keys are wrapped: a list of "master" and "transit:<key>",
// separated by commas, the first for new keys and all for what they wrapped before.
// Address, token and authority of the service come from BAO_… or VAULT_… as its own tools
// take them, the token also from the file ZHIQING_KMS_TOKEN_FILE.
func ParseKMS(list string, master secret.Master, getenv func(string) string) (wrappers []keyring.Wrapper, err error) {
	either := func(name string) string {
		if v := getenv("BAO_" + name); v != "" {
			return v
		}
		return getenv("VAULT_" + name)
	}
	for entry := range strings.SplitSeq(list, ",") {
		switch entry = strings.TrimSpace(entry); entry {
		case "":
			continue
		case keyring.MasterName:
			wrappers = append(wrappers, keyring.Master(master))
			continue
		}
		o := transit.Options{
			Addr: either("ADDR"), Token: either("TOKEN"), TokenFile: getenv("ZHIQING_KMS_TOKEN_FILE"),
			CACert: either("CACERT"), Namespace: either("NAMESPACE"),
		}
		if o.Mount, o.Key, err = transit.Parse(entry); err != nil {
			return nil, err
		}
		w, err := transit.New(o)
		if err != nil {
			return nil, err
		}
		wrappers = append(wrappers, w)
	}
	return wrappers, nil
}

// seal opens the data keys of a service and returns its store with a ring of them.
func (h *Host) seal(ctx context.Context, s *hosted) (docstore.Store, error) {
	if h.o.NoSeal {
		return s.store, nil
	}
	var err error
	s.keys, err = keyring.Open(ctx, keyring.Options{
		Service: s.name, Store: s.store, Clock: h.o.Clock, Log: h.o.Log.With("service", s.name),
		Master: h.o.Master, Wrappers: h.o.KMS, Every: h.o.KeysEvery,
	})
	if err != nil {
		return nil, fmt.Errorf("open the data keys: %w", err)
	}
	s.ring = sealed.NewRing(s.keys, h.o.Master, h.o.Seal)
	return docstore.WithRing(s.store, s.ring), nil
}

// KeyCommand carries out "status" or "rotate" on the data keys of all running services.
func (h *Host) KeyCommand(ctx context.Context, args []string, out io.Writer) error {
	rotate := len(args) == 1 && args[0] == "rotate"
	if !rotate && len(args) > 0 && (len(args) > 1 || args[0] != "status") {
		return usageError("keys takes status or rotate")
	}
	for _, s := range h.services() {
		if s.keys == nil {
			return errors.New("personal data is not sealed here")
		}
		if rotate {
			if _, err := s.keys.Rotate(ctx); err != nil {
				return err
			}
		}
		if err := writeKeys(ctx, s, out); err != nil {
			return err
		}
	}
	if rotate {
		_, err := fmt.Fprintln(out, "serving processes take the new keys within a minute and then seal what is stored anew; see: keys status")
		return err
	}
	return nil
}

// writeKeys prints a line for every generation, and how far the documents are sealed
// with it.
func writeKeys(ctx context.Context, s *hosted, out io.Writer) error {
	generations, err := s.keys.Generations(ctx)
	if err != nil {
		return err
	}
	walks, err := s.keys.Walks(ctx)
	if err != nil {
		return err
	}
	for _, g := range generations {
		if _, err := fmt.Fprintf(out, "%-10s keys %d, made %s, wrapped by %s\n", s.name, g.Version, g.MadeAt.Format(time.RFC3339), g.Wrapper); err != nil {
			return err
		}
		for _, w := range walks {
			if w.Version != g.Version {
				continue
			}
			if _, err := fmt.Fprintf(out, "%-10s   %s\n", "", progress(w)); err != nil {
				return err
			}
		}
	}
	return nil
}

func progress(w keyring.Walk) string {
	state := fmt.Sprintf("%d documents gone through, %d sealed anew", w.Seen, w.Renewed)
	if w.Finished() {
		state += ", finished " + w.FinishedAt.Format(time.RFC3339)
	} else {
		state += ", under way"
	}
	if len(w.Left) > 0 {
		state += "; too large: " + strings.Join(w.Left, ", ")
	}
	return state
}
