package command

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"zhiqing.dev/pkg/evidence"
)

func newEvidence(env []string) *cobra.Command {
	c := &config{}
	root := &cobra.Command{
		Use:   "evidence",
		Short: "check an evidence bundle of a case",
		Long: `Check an evidence bundle of a case: the archive that the head and legal staff take from
GET /v1/cases/<id>/evidence-bundle for a review organ or a court.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	key := &cobra.Command{Use: "key", Short: "print the public key of the bundles (Ed25519, base64)", Args: noArgs}
	c.dataFlags(key.Flags())
	key.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := fromEnvironment(cmd.Flags(), env); err != nil {
			return err
		}
		c.env, c.mongoURI, c.key = env, envOf(env, "MONGODB_URI"), envOf(env, "ZHIQING_KEY")
		master, err := c.master()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(cmd.OutOrStdout(), evidence.PublicKey(master))
		return err
	}
	root.AddCommand(newEvidenceVerify(), key)
	return root
}

func newEvidenceVerify() *cobra.Command {
	var key string
	cmd := &cobra.Command{
		Use:   "verify <file.zip> [--key <public key>]",
		Short: "find anything that was changed, taken out or added; needs no network and no data",
		Long: `Read a whole evidence bundle: the signature of its manifest and the digest of every file.
With --key, the public key that the office has made known ("zhiqing evidence key"), it
is also shown that the office made it. Exits with 1 when anything is wrong.`,
		Args: cobra.ExactArgs(1),
	}
	cmd.Flags().StringVar(&key, "key", "", "public key of the office, base64")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		var public ed25519.PublicKey
		if key != "" {
			raw, err := base64.StdEncoding.DecodeString(key)
			if err != nil || len(raw) != ed25519.PublicKeySize {
				return usageError{errors.New("--key is no public key")}
			}
			public = raw
		}
		f, err := os.Open(args[0]) //nolint:gosec // the operator names the file
		if err != nil {
			return err
		}
		defer f.Close() //nolint:errcheck // read only
		info, err := f.Stat()
		if err != nil {
			return err
		}
		m, err := evidence.Verify(f, info.Size(), public)
		if err != nil {
			return err
		}
		out := printer(cmd.OutOrStdout())
		out("%s is whole: case %s %s of %s, made %s, %d files, %d bytes",
			args[0], m.CaseID, m.RegisterNo, m.Office, m.MadeAt.Format("2006-01-02T15:04:05Z07:00"), len(m.Files), m.Bytes())
		if public == nil {
			out("signed with the key %s; hold it to the one that the office has made known, or name that with --key", m.PublicKey)
		}
		return nil
	}
	return cmd
}
