package command

import (
	"context"

	"github.com/spf13/cobra"

	"zhiqing.dev/pkg/service"
)

func newKeys(env []string) *cobra.Command {
	c := &config{}
	root := &cobra.Command{
		Use:   "keys",
		Short: "look at the data keys that seal personal data, and change them",
		Long: `Look at the data keys that seal personal data, and change them. These commands work
on the data itself, also while a server runs on it.

Every service keeps its data keys in generations, wrapped by the master key or in a
key management service (--kms). The master key itself stays: query codes and the
digests that people are recognised by follow from it.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.dataFlags(root.PersistentFlags())
	root.PersistentFlags().StringSliceVar(&c.only, "only", nil, "only these services")
	root.AddCommand(
		c.keyCommand(env, "status", "print the generations, and how much is sealed with the newest", ""),
		c.keyCommand(env, "rotate", "make new data keys; what is stored is sealed anew", `Make new data keys. Processes that serve take them within a minute, seal with them from
then on and seal what is stored anew, a few documents at a time, while people work.
Nothing becomes unreadable meanwhile, nor when it is cut off: it goes on after a
restart. Values that old backups hold stay sealed with the old keys, which are kept.`))
	return root
}

func (c *config) keyCommand(env []string, name, short, long string) *cobra.Command {
	return &cobra.Command{Use: name, Short: short, Long: long, Args: noArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		return c.onData(cmd, env, func(ctx context.Context, h *service.Host) error {
			return h.KeyCommand(ctx, []string{name}, cmd.OutOrStdout())
		})
	}}
}
