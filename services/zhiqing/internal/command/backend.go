package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sys/unix"

	"zhiqing.dev/pkg/blobstore"
	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/embednats"
	"zhiqing.dev/pkg/engine/mongostore"
	"zhiqing.dev/pkg/engine/sqlitestore"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/zhiqing/internal/backup"
)

// openStore opens the data of one service: a MongoDB database, or a SQLite file.
func (c *config) openStore(ctx context.Context, name string) (docstore.Store, error) {
	if c.mongoURI != "" {
		return mongostore.Open(ctx, c.mongoURI, c.database+"_"+name)
	}
	if err := os.MkdirAll(c.data, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	if err := backup.Unfinished(c.data); err != nil {
		return nil, err
	}
	return sqlitestore.Open(ctx, filepath.Join(c.data, name+".db"))
}

// openBlobs opens the files of one service: beside its documents, in the same
// database or the same data folder.
func (c *config) openBlobs(ctx context.Context, name string) (blobstore.Store, error) {
	if c.mongoURI != "" {
		return mongostore.OpenBlobs(ctx, c.mongoURI, c.database+"_"+name)
	}
	return blobstore.OpenFolder(filepath.Join(c.data, "blobs", name))
}

// broker is the event stream of the process: its own, or a connection to others.
type broker struct {
	config   *config
	log      *slog.Logger
	registry *prometheus.Registry
	server   *embednats.Server
	lock     *os.File
}

// units start the embedded server before anything that needs it; there are none
// with real servers.
func (b *broker) units() []lifecycle.Unit {
	if b.config.natsURL != "" {
		return nil
	}
	return []lifecycle.Unit{{
		Name:  "broker",
		Start: b.start,
		Stop: func(context.Context) error {
			b.server.Shutdown()
			return b.lock.Close()
		},
	}}
}

func (b *broker) start(ctx context.Context) (err error) {
	dir := filepath.Join(b.config.data, "events")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("event stream: %w", err)
	}
	if b.lock, err = lockFolder(b.config.data); err != nil {
		return err
	}
	b.server, err = embednats.Start(ctx, embednats.Options{Dir: dir, Log: b.log})
	if err != nil {
		return errors.Join(err, b.lock.Close())
	}
	return nil
}

// lockFolder keeps two processes from serving the same data folder.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the operator names the folder
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("another zhiqing already serves the data folder %s", dir), f.Close())
	}
	return f, nil
}

func (b *broker) connect(ctx context.Context) (*bus.Bus, error) {
	o := bus.Options{URL: b.config.natsURL, Name: "zhiqing", Log: b.log, Clock: wallclock.System{}, Registerer: b.registry}
	if b.server != nil {
		o.InProcess = b.server.InProcess()
	}
	return bus.Connect(ctx, o)
}

// live says why the embedded server cannot keep its promises.
func (b *broker) live() error {
	if b.server == nil {
		return nil
	}
	return b.server.Healthy()
}

func (b *broker) backend() service.Backend {
	return service.Backend{Store: b.config.openStore, Blobs: b.config.openBlobs, Bus: b.connect, Live: b.live}
}
