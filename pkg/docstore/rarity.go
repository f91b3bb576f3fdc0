package docstore

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
)

// Rarity puts the values of an All in the order in which an engine does best to look
// them up: the rarest first, since its entries are walked and the others only held
// against them. Of a text's bigrams most are common. It is safe for concurrent use.
type Rarity struct {
	mu     sync.Mutex
	common map[string]bool // values seen often enough never to be worth a walk
}

// probes are how far the entries of a value are counted to find the rarest: a rare
// one shows at once, and only among common ones is it worth counting further.
var probes = []int{64, 2000, 20_000}

// commonKept bounds the memory of common values; behind it, it begins anew.
const commonKept = 50_000

// Order returns the values of the Multi field of Eq, each once, the rarest first. count
// counts the entries of one value up to a limit. A value that was found common stays
// so: should it have become rare since, a walk is slower and finds the same.
func (r *Rarity) Order(index string, eq []any, all All, count func(value string, limit int) (int, error)) (All, error) {
	all = slices.Compact(slices.Sorted(slices.Values(all)))
	if len(all) < 2 {
		return all, nil
	}
	scope := fmt.Sprintf("%s\x00%q\x00", index, eq)
	unknown := r.rest(scope, all)
	counts := map[string]int{}
	for at, limit := range probes {
		least := limit
		for _, v := range unknown {
			if least == 0 {
				break // nothing has one of the values
			}
			n, err := count(v, least)
			if err != nil {
				return nil, err
			}
			if counts[v] = n; n < least {
				least = n
			} else if at == len(probes)-1 && least == limit {
				r.note(scope + v)
			}
		}
		if least < limit {
			break
		}
	}
	slices.SortStableFunc(all, func(a, b string) int { return cmp.Compare(orMost(counts, a), orMost(counts, b)) })
	return all, nil
}

func orMost(counts map[string]int, v string) int {
	if n, ok := counts[v]; ok {
		return n
	}
	return probes[len(probes)-1]
}

// rest are the values that are not known to be common.
func (r *Rarity) rest(scope string, all All) (unknown []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, v := range all {
		if !r.common[scope+v] {
			unknown = append(unknown, v)
		}
	}
	return unknown
}

func (r *Rarity) note(value string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.common == nil || len(r.common) >= commonKept {
		r.common = map[string]bool{}
	}
	r.common[value] = true
}
