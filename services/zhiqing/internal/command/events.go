package command

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/pkg/telemetry"
)

func newEvents(env []string) *cobra.Command {
	c := &config{}
	root := &cobra.Command{
		Use:   "events",
		Short: "look after what the services tell each other",
		Long: `Look after the events between the services. These commands work on the data
itself, also while a server runs on it.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.dataFlags(root.PersistentFlags())
	root.PersistentFlags().StringSliceVar(&c.only, "only", nil, "only these services")

	restate := &cobra.Command{
		Use: "restate", Short: "emit the current facts of every document again",
		Long: `Emit the current facts of every document again. Whoever has them ignores them; a
service whose data was lost is built from them. The serving process carries them.`,
		Args: noArgs,
	}
	restate.RunE = func(cmd *cobra.Command, _ []string) error {
		return c.onData(cmd, env, func(ctx context.Context, h *service.Host) error {
			counts, err := h.Restate(ctx)
			if err != nil {
				return err
			}
			for _, s := range c.chosen() {
				if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s: %d documents wait to be stated again\n", s.Name, counts[s.Name]); err != nil {
					return err
				}
			}
			return nil
		})
	}

	dead := &cobra.Command{
		Use:   "dead [list | show <id> | replay <id>] --only <service>",
		Short: "events that could not be handled: look at them, hand them in again",
		Args:  cobra.MaximumNArgs(2),
	}
	dead.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 && len(c.only) != 1 {
			return usageError{errors.New("name the service that keeps the letter: --only intake")}
		}
		return c.onData(cmd, env, func(ctx context.Context, h *service.Host) error {
			return c.deadLetters(ctx, h, args, cmd.OutOrStdout())
		})
	}
	root.AddCommand(restate, dead)
	return root
}

func (c *config) deadLetters(ctx context.Context, h *service.Host, args []string, out io.Writer) error {
	for _, s := range c.chosen() {
		if err := service.DeadLetterCommand(ctx, h.DeadLetters(s.Name), args, out); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	return nil
}

// onData does one thing on the services' data without serving. Events that it
// raises wait in the outboxes for the process that serves.
func (c *config) onData(cmd *cobra.Command, env []string, do func(context.Context, *service.Host) error) error {
	if err := fromEnvironment(cmd.Flags(), env); err != nil {
		return err
	}
	c.env, c.mongoURI, c.key = env, envOf(env, "MONGODB_URI"), envOf(env, "ZHIQING_KEY")
	log, err := telemetry.Logger(cmd.ErrOrStderr(), c.logFormat, c.logLevel)
	if err != nil {
		return usageError{err}
	}
	master, err := c.master()
	if err != nil {
		return err
	}
	kms, err := c.wrappers(master)
	if err != nil {
		return err
	}
	h := service.NewHost(service.HostOptions{
		Name: "zhiqing", Log: log, Master: master, KMS: kms,
		Backend: service.Backend{Store: c.openStore, Blobs: c.openBlobs},
	}, c.chosen()...)
	g, err := lifecycle.Start(cmd.Context(), log, h.Units()...)
	if err != nil {
		return err
	}
	return errors.Join(do(cmd.Context(), h), g.Stop(context.WithoutCancel(cmd.Context())))
}

func envOf(env []string, name string) string {
	v, _ := lookup(env, name)
	return v
}
