package intake_test

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/engine/sqlitestore"
	"zhiqing.dev/pkg/wallclock"
)

// The data keys change twice while applicants file and officers search: every answer is
// as before, and in the end nothing is sealed with the old keys.
func TestKeys_changeWhilePeopleWork(t *testing.T) {
	t.Parallel()
	d := open(t)
	file := func(n int) string {
		r := d.Call("POST", "/v1/applications", body{
			"office": office,
			"applicant": body{
				"kind": "natural_person", "name": fmt.Sprintf("欧阳慕容%d", n),
				"id_type": "resident_id", "id_number": "110101199003077715", "contact": body{"phone": "13912345678"},
			},
			"content":  body{"description": fmt.Sprintf("鹤鸣沟水库移民安置补偿款发放明细第%d批", n)},
			"delivery": body{"format": "electronic", "route": "online"},
		}, fmt.Sprintf("Idempotency-Key: turn-%d", n))
		if r.Status >= 300 {
			t.Errorf("filing: %s", r)
			return ""
		}
		return r.Text("case_id")
	}
	command := func(name string) string {
		var out bytes.Buffer
		require.NoError(t, d.Host.KeyCommand(t.Context(), []string{name}, &out))
		return out.String()
	}
	for n := range 20 {
		file(n)
	}
	var filing sync.WaitGroup
	quit := make(chan struct{})
	filed := 20
	filing.Go(func() {
		for ; ; filed++ {
			select {
			case <-quit:
				return
			default:
				file(filed)
			}
		}
	})
	for version := 2; version <= 3; version++ {
		require.Contains(t, command("rotate"), fmt.Sprintf("keys %d", version))
		require.Eventually(t, func() bool {
			found := d.Call("GET", "/v1/cases?q="+url.QueryEscape("第7批"), nil, d.officer)
			require.Equal(t, 200, found.Status, "%s", found)
			require.NotEmpty(t, found.At("items"))
			_, newest, _ := strings.Cut(command("status"), fmt.Sprintf("keys %d,", version))
			return strings.Contains(newest, "finished")
		}, 60*time.Second, 50*time.Millisecond)
	}
	close(quit)
	filing.Wait()
	d.Settle()
	found := d.get("/v1/cases?q="+url.QueryEscape("鹤鸣沟"), d.officer)
	require.NotEmpty(t, found.At("items"))
	d.again() // another process, which learns of the keys from the store
	id := d.get("/v1/cases?q="+url.QueryEscape("第19批"), d.officer).Text("items", 0, "id")
	require.Equal(t, "欧阳慕容19", d.get("/v1/cases/"+id, d.officer).Text("applicant", "name"))
	d.Stop()

	if servicetest.OnMongo() {
		return // the store is the server's; docstoretest holds both engines to it
	}
	store, err := sqlitestore.Open(t.Context(), d.dir+"/service1.db")
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	type raw map[string]any
	cases, err := docstore.Open(t.Context(), store, wallclock.System{}.Now, docstore.Spec[raw]{Name: "cases"})
	require.NoError(t, err)
	read := 0
	require.NoError(t, cases.Each(t.Context(), func(doc docstore.Doc[raw]) error {
		read++
		text := fmt.Sprint(*doc.Value)
		require.Contains(t, text, "zq1.a3.")
		require.NotContains(t, text, "zq1.a1.")
		require.NotContains(t, text, "zq1.a2.")
		return nil
	}))
	require.Equal(t, filed, read, "nothing that was filed is lost")
}
