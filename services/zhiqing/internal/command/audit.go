package command

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"zhiqing.dev/pkg/audit"
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/service"
)

func newAudit(env []string) *cobra.Command {
	c := &config{}
	root := &cobra.Command{
		Use:   "audit",
		Short: "prove and read the record of who did or saw what",
		Long: `Prove and read the record of who did or saw what. These commands work on the data
itself, also while a server runs on it.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.dataFlags(root.PersistentFlags())
	root.PersistentFlags().StringSliceVar(&c.only, "only", nil, "only these services")
	root.AddCommand(c.auditVerify(env), c.auditCheckpoints(env), c.auditExport(env), c.auditKey(env))
	return root
}

func (c *config) auditVerify(env []string) *cobra.Command {
	var anchors string
	cmd := &cobra.Command{
		Use: "verify", Short: "find any entry that was changed, removed or put in another order",
		Long: `Recompute every chain from its first entry and hold it to the signed checkpoints in
the store. With --anchors also to copies that were kept elsewhere (what "audit
checkpoints" prints), which show a tail that was cut off together with its
checkpoints. Exits with 1 when anything is wrong.`,
		Args: noArgs,
	}
	cmd.Flags().StringVar(&anchors, "anchors", "", "file with checkpoints, one JSON object a line")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		kept, err := readAnchors(anchors)
		if err != nil {
			return err
		}
		return c.onData(cmd, env, func(ctx context.Context, h *service.Host) error {
			return h.VerifyAudit(ctx, kept, cmd.OutOrStdout())
		})
	}
	return cmd
}

func readAnchors(path string) ([]audit.Checkpoint, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("anchors: %w", err)
	}
	defer f.Close() //nolint:errcheck // read only
	var out []audit.Checkpoint
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var p audit.Checkpoint
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			return nil, fmt.Errorf("anchors, line %d: %w", n, err)
		}
		out = append(out, p)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("anchors: %w", err)
	}
	return out, nil
}

func (c *config) auditCheckpoints(env []string) *cobra.Command {
	cmd := &cobra.Command{
		Use: "checkpoints", Short: "print the signed ends of all chains, to be kept elsewhere", Args: noArgs,
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return c.onData(cmd, env, func(ctx context.Context, h *service.Host) error {
			enc := json.NewEncoder(cmd.OutOrStdout())
			for _, s := range c.chosen() {
				err := h.Trail(s.Name).Checkpoints(ctx, func(p audit.Checkpoint) error { return enc.Encode(p) })
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	return cmd
}

func (c *config) auditKey(env []string) *cobra.Command {
	cmd := &cobra.Command{Use: "key", Short: "print the public key of the checkpoints (Ed25519, base64)", Args: noArgs}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := fromEnvironment(cmd.Flags(), env); err != nil {
			return err
		}
		c.env, c.mongoURI, c.key = env, envOf(env, "MONGODB_URI"), envOf(env, "ZHIQING_KEY")
		master, err := c.master()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(cmd.OutOrStdout(), audit.PublicKey(master))
		return err
	}
	return cmd
}

func (c *config) auditExport(env []string) *cobra.Command {
	var s audit.Search
	var from, to, format string
	cmd := &cobra.Command{
		Use: "export --only <service> --office <office>", Short: "print the entries of one chain, newest first", Args: noArgs,
		Long: `Print the entries of one chain, newest first. The office "_" is the installation's own
chain: sign-ins with unknown names, refusals of nobody in particular.`,
	}
	f := cmd.Flags()
	f.StringVar(&s.Office, "office", audit.Installation, "whose chain")
	f.StringVar(&s.Actor, "actor", "", "only what this staff id did")
	f.StringVar(&s.Subject, "subject", "", "only what was done to this id")
	f.StringVar(&from, "from", "", "first day")
	f.StringVar(&to, "to", "", "last day")
	f.StringVar(&format, "format", "jsonl", "jsonl or csv")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if len(c.only) != 1 || format != "jsonl" && format != "csv" || s.Actor != "" && s.Subject != "" {
			return usageError{errors.New("name one service (--only intake), jsonl or csv, and an actor or a subject")}
		}
		var err error
		if s.From, err = startOf(from, 0); err == nil {
			s.To, err = startOf(to, 1)
		}
		if err != nil {
			return usageError{err}
		}
		return c.onData(cmd, env, func(ctx context.Context, h *service.Host) error {
			trail := h.Trail(c.only[0])
			if trail == nil {
				return usageError{fmt.Errorf("there is no service %q", c.only[0])}
			}
			return service.ExportAudit(ctx, trail, s, format == "csv", int(^uint(0)>>1), cmd.OutOrStdout())
		})
	}
	return cmd
}

// startOf is the first moment of a day, so many days later; zero for no day.
func startOf(day string, later int) (time.Time, error) {
	if day == "" {
		return time.Time{}, nil
	}
	d, err := civil.Parse(day)
	if err != nil {
		return time.Time{}, err
	}
	return d.AddDays(later).Time(civil.Shanghai), nil
}
