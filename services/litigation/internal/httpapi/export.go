package httpapi

import (
	"mime"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/services/litigation/internal/workbook"
)

// maxExport bounds the rows of one exported list; a longer one goes on with the
// cursor that stands in the header nextCursor.
const maxExport = 10_000

// exportTime is how long a long list may take.
const exportTime = time.Minute

const nextCursor = "X-Next-Cursor"

// form is the form of an answer that can be taken along.
func form(c echo.Context) (string, error) {
	c.Response().Header().Add(echo.HeaderVary, "Accept")
	return httpkit.Negotiate(c, echo.MIMEApplicationJSON, workbook.MediaType, workbook.MediaTypeCSV)
}

// gather reads pages until there are no more, or as many as one file holds.
func gather[T any](cursor string, page func(limit int, cursor string) ([]docstore.Doc[T], string, error)) (all []docstore.Doc[T], next string, err error) {
	for {
		docs, next, err := page(min(docstore.MaxPage, maxExport-len(all)), cursor)
		if err != nil {
			return nil, "", err
		}
		all = append(all, docs...)
		if next == "" || len(all) >= maxExport {
			return all, next, nil
		}
		cursor = next
	}
}

// sendList answers with a list as a file.
func sendList(c echo.Context, as, name string, l workbook.List, next string) error {
	if next != "" {
		c.Response().Header().Set(nextCursor, next)
	}
	make, suffix := l.XLSX, ".xlsx"
	if as == workbook.MediaTypeCSV {
		make, suffix = l.CSV, ".csv"
	}
	file, err := make()
	if err != nil {
		return err
	}
	return sendFile(c, as, name+suffix, file)
}

// sendFile answers with a file under a name.
func sendFile(c echo.Context, as, name string, file []byte) error {
	c.Response().Header().Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	if as == workbook.MediaTypeCSV {
		as += "; charset=utf-8"
	}
	return c.Blob(http.StatusOK, as, file)
}
