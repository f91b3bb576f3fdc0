// Package command is the command line of the one binary.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"zhiqing.dev/pkg/lifecycle"
)

// Exit statuses of the process.
const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

// usageError is a command line that cannot be followed.
type usageError struct{ error }

// Run carries out one command line and returns the exit status. args are without
// the program's name; env is as os.Environ gives it.
func Run(version string, args, env []string, stdout, stderr io.Writer) int {
	ctx, stop := lifecycle.Signals(context.Background())
	defer stop()
	root := newRoot(version, env)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		_, _ = fmt.Fprintf(stderr, "zhiqing: %v (see zhiqing --help)\n", err)
		return exitUsage
	default:
		_, _ = fmt.Fprintf(stderr, "zhiqing: %v\n", err)
		return exitError
	}
}

func newRoot(version string, env []string) *cobra.Command {
	root := &cobra.Command{
		Use:   "zhiqing",
		Short: "Zhiqing 知情: the back office for government-information requests (政府信息公开 依申请公开)",
		Long: `Zhiqing 知情 runs the whole life of a government-information request inside the
office that must answer it. One process holds everything: the four services, an
embedded store and an embedded event stream. MONGODB_URI and NATS_URL switch to
real servers; nothing else changes.

  zhiqing serve --demo    look around: demo office, staff and cases
  zhiqing serve           start an office of your own`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArgs,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(newServe(version, env), newDemo(version, env), newEvents(env), newAudit(env),
		newEvidence(env), newKeys(env), newBackup(version, env), newRestore(env), newVersion(version))
	root.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	return root
}

func newVersion(version string) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "print the version", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "zhiqing", version)
			return err
		},
	}
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("%s does not take %q", cmd.CommandPath(), args[0])}
	}
	return nil
}

// fromEnvironment fills the flags that were not given from the environment: flag
// "listen" from ZHIQING_LISTEN. A flag wins over the environment.
func fromEnvironment(flags *pflag.FlagSet, env []string) error {
	var failed error
	flags.VisitAll(func(f *pflag.Flag) {
		name := "ZHIQING_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value, ok := lookup(env, name)
		if !ok || value == "" || f.Changed || failed != nil {
			return
		}
		if err := flags.Set(f.Name, value); err != nil {
			failed = usageError{fmt.Errorf("%s: %w", name, err)}
		}
	})
	return failed
}

func lookup(env []string, name string) (string, bool) {
	for _, kv := range slices.Backward(env) {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			return v, true
		}
	}
	return "", false
}
