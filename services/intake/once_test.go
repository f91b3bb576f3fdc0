package intake_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/engine/servicetest"
)

// together makes n calls at once.
func together(n int, call func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			call(i)
		}()
	}
	wg.Wait()
}

const clients = 64

func TestTheSameSubmissionIsOneApplication(t *testing.T) {
	t.Parallel()
	d := open(t)
	key := d.key()
	form := with(application("某地块征收补偿安置方案"), body{"office": office})
	replies := make([]servicetest.Reply, clients)
	together(clients, func(i int) { replies[i] = d.Call("POST", "/v1/applications", form, key) })
	for _, r := range replies {
		require.Equal(t, http.StatusCreated, r.Status, "%s", r)
		require.Equal(t, string(replies[0].Body), string(r.Body), "one answer, query code included")
	}
	require.Len(t, d.get("/v1/cases", d.officer).At("items"), 1)

	id := d.get("/v1/cases", d.officer).Text("items", 0, "id")
	d.ok("/v1/cases/"+id+"/registration", nil, d.officer)
	require.Equal(t, string(replies[0].Body), string(d.ok("/v1/applications", form, key).Body), "whatever has happened since")

	r := d.Call("POST", "/v1/applications", with(application("另一件"), body{"office": office}), key)
	require.Equal(t, http.StatusUnprocessableEntity, r.Status)
	require.Equal(t, "key_reused", r.Text("code"))
	require.Len(t, d.get("/v1/cases", d.officer).At("items"), 1)
}

func TestARepeatedStepHappensOnce(t *testing.T) {
	t.Parallel()
	d := open(t)
	at := "/v1/cases/" + d.registered("x", "2026-06-01")
	key := d.key()
	talk := body{"means": "phone", "summary": "说明"}
	statuses := make([]int, clients)
	together(clients, func(i int) { statuses[i] = d.Call("POST", at+"/contacts", talk, d.officer, key).Status })
	require.Equal(t, slices.Repeat([]int{http.StatusOK}, clients), statuses)
	require.Len(t, d.get(at, d.officer).At("contacts"), 1)
	r := d.Call("POST", at+"/contacts", body{"means": "visit", "summary": "y"}, d.officer, key)
	require.Equal(t, "key_reused", r.Text("code"))
}

func TestStepsOnOneCaseLoseNothing(t *testing.T) {
	t.Parallel()
	const writers = 16
	d := open(t)
	at := "/v1/cases/" + d.registered("x", "2026-06-01")
	together(writers, func(i int) {
		d.ok(at+"/contacts", body{"means": "phone", "summary": fmt.Sprint(i)}, d.officer)
	})
	seen := map[string]bool{}
	contacts, _ := d.get(at, d.officer).At("contacts").([]any)
	for _, c := range contacts {
		m, _ := c.(map[string]any)
		seen[fmt.Sprint(m["summary"])] = true
	}
	require.Len(t, seen, writers)
}

// 64 clients file, register, assign and decide at once: nothing doubles, nothing
// is lost, and the register has no gap.
func TestSixtyFourClients(t *testing.T) {
	t.Parallel()
	d := open(t)
	ids := make([]string, clients)
	together(clients, func(i int) {
		n := 0
		// A busy server may say 503: the same key brings the same step home.
		post := func(path string, b any, who string) servicetest.Reply {
			n++
			for {
				r := d.Call("POST", path, b, who, fmt.Sprintf("Idempotency-Key: client-%d-%d", i, n))
				if r.Status != http.StatusServiceUnavailable {
					return r
				}
			}
		}
		form := body{"channel": "in_person", "arrived_on": "2026-06-01"}
		ids[i] = post("/v1/cases", with(application(fmt.Sprintf("第%d件", i)), form), d.officer).Text("id")
		at := "/v1/cases/" + ids[i]
		if i%2 == 0 {
			post(at+"/registration", nil, d.officer)
			post(at+"/registration", nil, d.officer) // refused: it is registered
		} else {
			post(at+"/registration", body{"received_on": "2026-06-01"}, d.head)
		}
		post(at+"/assignment", body{"assignee": "me"}, d.officer)
		post(at+"/review", body{"checks": checks()}, d.legal)
		post(at+"/decision", k2(), d.officer)
		post(at+"/decision/approval", nil, d.head)
		post(at+"/service", body{"route": "online"}, d.officer)
	})
	var numbers []string
	for _, id := range ids {
		r := d.get("/v1/cases/"+id, d.officer)
		require.Equal(t, "closed", r.Text("status"), "%s", r)
		require.Equal(t, "granted", r.Text("report_row"))
		numbers = append(numbers, r.Text("register_no"))
	}
	slices.Sort(numbers)
	for i, n := range numbers {
		require.Equal(t, fmt.Sprintf("2026-%06d", i+1), n)
	}
	require.Len(t, pages(d, "/v1/cases?limit=10"), clients)
}

// pages reads a list to its end and returns the ids in order.
func pages(d *desk, path string) []string {
	d.t.Helper()
	var ids []string
	for cursor := ""; ; {
		r := d.get(path+"&cursor="+cursor, d.officer)
		items, _ := r.At("items").([]any)
		for _, it := range items {
			m, _ := it.(map[string]any)
			id, _ := m["id"].(string)
			ids = append(ids, id)
		}
		if cursor = r.Text("next_cursor"); cursor == "" {
			return ids
		}
	}
}
