package alike

import (
	"cmp"
	"context"
	"slices"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/petition"
	"zhiqing.dev/pkg/similar"
)

// MostCompared bounds how many texts of one applicant are held against each other, the
// newest; what a window says of repeats then covers only these.
const MostCompared = 1000

// Again is a request of an applicant with the earlier one of the same applicant that it
// is most like.
type Again struct {
	*Text
	Earlier  *Text
	Likeness similar.Likeness
	Verdict  similar.Verdict // Repeat or NearRepeat
}

// Own is what an applicant's requests of a window have in common with the applicant's
// earlier ones (条例 art. 35, 36(6), 39(1)). It decides nothing.
type Own struct {
	Compared  int  // requests of the window that were looked at
	Complete  bool // these are all of them, held against all earlier ones
	Repeated  []Again
	Petitions []*Text // those with cues of a petition
}

// Answered are the repeated requests of which the earlier one was answered.
func (o Own) Answered() (n int) {
	for _, a := range o.Repeated {
		if a.Earlier.Reply != nil {
			n++
		}
	}
	return n
}

// Own holds every request that the applicant, known by these digests, made from one day
// to another against the earlier ones. Withdrawn requests neither repeat nor are
// repeated, and parts of one application do not repeat each other.
func (x *Index) Own(ctx context.Context, office string, digests []string, from, to civil.Date, th Thresholds) (Own, error) {
	all, complete, err := x.newestOf(ctx, office, digests, to)
	if err != nil {
		return Own{}, err
	}
	own := Own{Complete: complete}
	split := map[string]bool{} // applications that live on in their parts
	for _, t := range all {
		split[t.ParentID] = t.ParentID != ""
	}
	earlier := newPile(len(all))
	for _, t := range all {
		if t.Withdrawn || t.MergedInto != "" {
			continue
		}
		if t.On >= from && !split[t.CaseID] {
			own.Compared++
			if a, ok := earlier.mostLike(t, float64(th.NearRepeatPercent)/100); ok {
				own.Repeated = append(own.Repeated, a)
			}
			if petition.Of(t.Cues).Signal(th.PetitionScore) {
				own.Petitions = append(own.Petitions, t)
			}
		}
		earlier.add(t)
	}
	return own, nil
}

// newestOf are the newest texts of the applicant up to a day, the earliest first.
func (x *Index) newestOf(ctx context.Context, office string, digests []string, to civil.Date) (all []*Text, complete bool, err error) {
	complete = true
	seen := map[string]bool{}
	for _, d := range digests {
		docs, next, err := x.texts.Find(ctx, docstore.Query{
			Index: byKey, Eq: []any{office, docstore.All{ofApplicant(d)}}, To: int64(to) + 1, Desc: true, Limit: MostCompared,
		})
		if err != nil {
			return nil, false, err
		}
		complete = complete && next == ""
		for _, doc := range docs {
			if !seen[doc.ID] {
				seen[doc.ID] = true
				all = append(all, doc.Value)
			}
		}
	}
	slices.SortFunc(all, func(a, b *Text) int {
		return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.CaseID, b.CaseID))
	})
	if len(all) > MostCompared {
		all, complete = all[len(all)-MostCompared:], false
	}
	return all, complete, nil
}

// pile holds the texts that came before, found by what may make another alike.
type pile struct {
	texts []read
	by    map[string][]int // numbers of texts by band and by all words
}

type read struct {
	*Text
	sig similar.Signature
}

func newPile(size int) *pile { return &pile{texts: make([]read, 0, size), by: map[string][]int{}} }

func (p *pile) add(t *Text) {
	if t.Sketch == nil {
		return
	}
	sig, err := t.Sketch.Decode()
	if err != nil { // of another method: it cannot be compared
		return
	}
	n := len(p.texts)
	p.texts = append(p.texts, read{t, sig})
	for _, k := range keysOf(t, &sig) {
		p.by[k] = append(p.by[k], n)
	}
}

// mostLike finds what the text repeats: the same words before other words, an answered
// request before an open one, then the newest. As in Like, the last requests are compared
// one by one and older ones when they share a band or all words.
func (p *pile) mostLike(t *Text, threshold float64) (best Again, found bool) {
	if t.Sketch == nil {
		return best, false
	}
	sig, err := t.Sketch.Decode()
	if err != nil {
		return best, false
	}
	first := max(0, len(p.texts)-newest)
	try := func(n int) {
		o := &p.texts[n]
		if t.related(o.Text) {
			return
		}
		l := similar.Compare(*t.Sketch, *o.Sketch, &sig, &o.sig)
		a := Again{Text: t, Earlier: o.Text, Likeness: l, Verdict: l.Verdict(threshold)}
		if a.Verdict != similar.Repeat && a.Verdict != similar.NearRepeat {
			return
		}
		if !found || a.before(best) {
			best, found = a, true
		}
	}
	for n := first; n < len(p.texts); n++ {
		try(n)
	}
	tried := map[int]bool{}
	for _, k := range keysOf(t, &sig) {
		for _, n := range p.by[k] {
			if n < first && !tried[n] {
				tried[n] = true
				try(n)
			}
		}
	}
	return best, found
}

// before reports whether a says more about the request than b does.
func (a Again) before(b Again) bool {
	if same := a.Verdict == similar.Repeat; same != (b.Verdict == similar.Repeat) {
		return same
	}
	if answered := a.Earlier.Reply != nil; answered != (b.Earlier.Reply != nil) {
		return answered
	}
	if x, y := a.Likeness.Similarity(), b.Likeness.Similarity(); x != y {
		return x > y
	}
	return b.Earlier.before(a.Earlier)
}

func keysOf(t *Text, sig *similar.Signature) []string {
	return append(sig.Bands(), ofWords(t.Sketch.Exact))
}
