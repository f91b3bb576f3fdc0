package intake

import (
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/petition"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/similar"
	"zhiqing.dev/services/intake/internal/domain"
)

// described adds to the facts of a case how its request is worded, by digests under a key
// of this installation, and which cues of a petition it shows. The text itself stays here.
func described(master secret.Master) func(*domain.Case, *contract.CaseFacts) {
	sketcher := similar.NewSketcher(master.Derive("similar-requests"))
	return func(c *domain.Case, f *contract.CaseFacts) {
		k := c.Content
		s, ok := sketcher.Sketch(c.Office, similar.Text{Title: k.Title, DocumentNumber: k.DocumentNumber, Description: k.Description})
		if ok {
			f.Sketch = &s
		}
		f.PetitionCues = petition.Read(k.Title + "。" + k.Description).Codes()
	}
}
