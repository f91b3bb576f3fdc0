package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/telemetry"
	"zhiqing.dev/services/zhiqing/internal/demo"
)

func newDemo(version string, env []string) *cobra.Command {
	c := &config{}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "play a year of a township and print its annual tables",
		Long: `Start a fresh instance in a folder of its own, play a year of a township through
its HTTP API (applications of all kinds, corrections, fees, reviews, a suit), and
print the annual tables with their checks. Nothing is left behind.`,
		Args: noArgs,
	}
	cmd.Flags().StringVar(&c.logLevel, "log-level", "error", "debug, info, warn or error")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		log, err := telemetry.Logger(cmd.ErrOrStderr(), "text", c.logLevel)
		if err != nil {
			return usageError{err}
		}
		dir, err := os.MkdirTemp("", "zhiqing-demo-")
		if err != nil {
			return fmt.Errorf("folder of the demonstration: %w", err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		c.env, c.data, c.listen, c.rateLimit = env, dir, "127.0.0.1:0", 0
		p, err := newProcess(c, version, log)
		if err != nil {
			return err
		}
		g, err := lifecycle.Start(cmd.Context(), log, p.units()...)
		if err != nil {
			return err
		}
		err = play(cmd.Context(), p, cmd.OutOrStdout())
		return errors.Join(err, g.Stop(context.WithoutCancel(cmd.Context())))
	}
	return cmd
}

// play lets the year happen on a running process and prints what came of it.
func play(ctx context.Context, p *process, out io.Writer) error {
	url := p.url()
	if _, err := fmt.Fprintf(out, "A year of 青溪镇, %d, through %s:\n\n", demo.TownshipYear, url); err != nil {
		return err
	}
	outcome, err := demo.Year(ctx, func(string) string { return url }, p.setupCode, out)
	if err != nil {
		return err
	}
	failed := 0
	for _, year := range []int{demo.TownshipYear, demo.TownshipYear + 1} {
		r := outcome.Reports[year]
		if err := r.Print(out, year); err != nil {
			return err
		}
		failed += len(r.Failed())
	}
	if failed > 0 {
		return fmt.Errorf("%d checks of the annual report do not hold", failed)
	}
	_, err = fmt.Fprintf(out, "\n%d applications in %s; all checks hold.\n", outcome.Applications, outcome.Took.Round(time.Millisecond))
	return err
}

// prepare fills the demo office when asked to, and says what to do next.
func (p *process) prepare(ctx context.Context) (string, error) {
	if !p.config.demo {
		return p.firstSteps(ctx)
	}
	if !p.runs("intake") {
		return "", usageError{errors.New("--demo fills the whole product: run all services in this process")}
	}
	if err := demo.Seed(ctx, p.url(), p.setupCode, civil.FromTime(p.clock.Now(), civil.Shanghai)); err != nil {
		return "", fmt.Errorf("demo data: %w", err)
	}
	return fmt.Sprintf(`Demo office "demo": sign in as officer, head, legal or admin, password %s.
  workbench   %[2]s/desk
  calculator  %[2]s/calculator
  file        %[2]s/apply
`, demo.Password, p.url()), nil
}

// firstSteps tells how to make the first office, until it is made.
func (p *process) firstSteps(ctx context.Context) (string, error) {
	if !p.runs("intake") {
		return "", nil
	}
	settled, err := demo.SettledAt(ctx, p.url())
	if err != nil {
		return "", err
	}
	if settled {
		return fmt.Sprintf("  workbench   %s/desk\n", p.url()), nil
	}
	return fmt.Sprintf(`No office is set up yet. Make the first one and its administrator with this code,
which works once:

  curl -X POST %s/v1/offices/bootstrap -H 'Content-Type: application/json' -d '{
    "setup_code": "%s",
    "office": {"id": "qingxi", "name": "青溪镇人民政府"},
    "admin": {"username": "zhaojing", "name": "赵静", "password": "choose-a-long-one"}}'
`, p.url(), p.setupCode), nil
}
