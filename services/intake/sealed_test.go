package intake_test

import (
	"bytes"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/engine/servicetest"
)

// What a thief of the disk finds: documents, their log of writes, snapshots of the
// stream. None of it may hold what an applicant wrote.
func TestStolenDisk_holdsNothingOfAPerson(t *testing.T) {
	t.Parallel()
	if servicetest.OnMongo() {
		t.Skip("the files are the server's; what either engine is given is held to in docstoretest, testSealed")
	}
	d := open(t)
	planted := map[string]string{
		"name": "欧阳慕容雪", "id number": "110101199003077715", "phone": "13912345678",
		"address": "云栖路八百八十八号", "text": "鹤鸣沟水库移民安置补偿款发放明细", "pair in an index": "鹤鸣",
	}
	file := pdf + "扫描件：" + planted["name"] + planted["id number"] + planted["text"]
	r := d.form("/v1/applications", []part{jsonPart(t, body{
		"office": office,
		"applicant": body{
			"kind": "natural_person", "name": planted["name"], "id_type": "resident_id", "id_number": planted["id number"],
			"contact": body{"phone": planted["phone"], "address": planted["address"]},
		},
		"content":  body{"description": planted["text"]},
		"delivery": body{"format": "electronic", "route": "online"},
	}), {"identity", planted["name"] + ".pdf", file}}, d.key())
	require.Equal(t, 201, r.Status, "%s", r)
	receipt := r.Text("receipt")
	d.again() // what is read now was sealed, and is searched by digests
	found := d.get("/v1/cases?q="+url.QueryEscape("慕容雪"), d.officer)
	require.Len(t, found.At("items"), 1, found)
	id := found.Text("items", 0, "id")
	require.Equal(t, planted["phone"], d.get("/v1/cases/"+id, d.officer).Text("applicant", "contact", "phone"))
	require.Equal(t, file, string(d.get("/v1/cases/"+id+"/attachments/1", d.officer).Body))
	d.Settle()
	d.Stop()

	read, kept := 0, false
	require.NoError(t, filepath.WalkDir(d.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path) //nolint:gosec // the test's own folder
		if err != nil {
			return err
		}
		read++
		kept = kept || bytes.Contains(content, []byte(receipt))
		for what, value := range planted {
			require.False(t, bytes.Contains(content, []byte(value)), "%s in %s", what, path)
		}
		return nil
	}))
	require.True(t, kept, "the case itself is in one of the %d files", read)
}
