package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/zhiqing/internal/backup"
)

var errServers = usageError{errors.New("with MONGODB_URI the databases are backed up with their own tools: see deploy/backup/README.md")}

func newBackup(version string, env []string) *cobra.Command {
	c := &config{}
	var to, keyTo string
	cmd := &cobra.Command{
		Use:   "backup --to <new folder> [--key-to <new file>]",
		Short: "copy the data folder, also while it is served",
		Long: `Copy the documents of all services as they are at one instant, and the files that
they refer to, into a new folder with a manifest of digests. Nobody has to stop: the
writers wait for a few milliseconds.

The master key is not in the backup. Keep it elsewhere, once: --key-to writes it to
a file of its own. Without the key a backup is worth nothing, to you and to a thief.`,
		Args: noArgs,
	}
	c.dataFlags(cmd.Flags())
	cmd.Flags().StringVar(&to, "to", "", "folder to make, for example /backups/2026-11-23")
	cmd.Flags().StringVar(&keyTo, "key-to", "", "file to write the master key to, outside the backup")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		master, err := c.embedded(cmd, env)
		if err != nil {
			return err
		}
		if to == "" {
			return usageError{errors.New("name the folder to make: --to")}
		}
		if keyTo != "" && within(to, keyTo) {
			return usageError{errors.New("--key-to must lie outside the backup: whoever finds both can read everything")}
		}
		out := cmd.OutOrStdout()
		m, err := backup.Take(cmd.Context(), backup.Source{
			Data: c.data, Services: serviceNames(), Master: master, Version: version,
			Clock: wallclock.System{}, Progress: printer(out),
		}, to)
		if err != nil {
			return fmt.Errorf("backup: %w", err)
		}
		if keyTo != "" {
			if err := master.Save(keyTo); err != nil {
				return fmt.Errorf("backup of the key: %w", err)
			}
		}
		printer(out)("%s: %d files, %d bytes, as of %s", to, len(m.Files), m.Bytes(), m.TakenAt.Format("2006-01-02T15:04:05Z07:00"))
		return nil
	}
	cmd.AddCommand(newVerify())
	return cmd
}

func newVerify() *cobra.Command {
	return &cobra.Command{
		Use:   "verify <folder>",
		Short: "read a whole backup and compare every digest",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := backup.Verify(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			printer(cmd.OutOrStdout())("%s is whole: %d files, %d bytes", args[0], len(m.Files), m.Bytes())
			return nil
		},
	}
}

func newRestore(env []string) *cobra.Command {
	c := &config{}
	var from string
	cmd := &cobra.Command{
		Use:   "restore --from <backup> --data <new folder> --key-file <key>",
		Short: "put a backup into a new data folder",
		Long: `Put a backup into a data folder that holds nothing yet but perhaps its master.key.
The whole backup is read and compared first. Then every service states its facts
again, so that the event stream, which is not part of a backup, can start empty.`,
		Args: noArgs,
	}
	c.dataFlags(cmd.Flags())
	cmd.Flags().StringVar(&from, "from", "", "folder that backup made")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if from == "" {
			return usageError{errors.New("name the backup: --from")}
		}
		master, err := c.embedded(cmd, env)
		if err != nil {
			return err
		}
		say := printer(cmd.OutOrStdout())
		m, err := backup.Restore(cmd.Context(), from, c.data, master, say)
		if err != nil {
			return fmt.Errorf("restore: %w", err)
		}
		if err := c.keepKey(master); err != nil {
			return err
		}
		say("restored as of %s; stating all facts again", m.TakenAt.Format("2006-01-02T15:04:05Z07:00"))
		return c.onData(cmd, env, func(ctx context.Context, h *service.Host) error {
			counts, err := h.Restate(ctx)
			if err != nil {
				return fmt.Errorf("the data is in place, but its facts are not stated again (run zhiqing events restate): %w", err)
			}
			for _, name := range serviceNames() {
				say("%s: %d documents", name, counts[name])
			}
			say("ready: zhiqing serve --data %s", c.data)
			return nil
		})
	}
	return cmd
}

// embedded reads the flags of a command that works on the embedded store, and the
// master key that must be there already.
func (c *config) embedded(cmd *cobra.Command, env []string) (secret.Master, error) {
	if err := fromEnvironment(cmd.Flags(), env); err != nil {
		return secret.Master{}, err
	}
	c.env, c.mongoURI, c.key = env, envOf(env, "MONGODB_URI"), envOf(env, "ZHIQING_KEY")
	if c.mongoURI != "" {
		return secret.Master{}, errServers
	}
	if c.key != "" {
		return c.master()
	}
	return secret.Load(c.keyPath())
}

func (c *config) keyPath() string {
	if c.keyFile != "" {
		return c.keyFile
	}
	return filepath.Join(c.data, "master.key")
}

// keepKey puts the key where a server without flags looks for it, when it came from
// a file elsewhere; a key from the environment stays there.
func (c *config) keepKey(master secret.Master) error {
	if c.key != "" {
		return nil
	}
	path := filepath.Join(c.data, "master.key")
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	return master.Save(path)
}

// within tells whether the path lies in the folder.
func within(folder, path string) bool {
	f, err1 := filepath.Abs(folder)
	p, err2 := filepath.Abs(path)
	if err1 != nil || err2 != nil {
		return true
	}
	rel, err := filepath.Rel(f, p)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

func serviceNames() []string {
	names := make([]string, len(services))
	for i, s := range services {
		names[i] = s.Name
	}
	return names
}

// printer writes lines; a closed terminal does not stop the work.
func printer(w io.Writer) func(format string, args ...any) {
	return func(format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) }
}
