package domain

import "zhiqing.dev/pkg/statute/clock"

// chances are periods within which somebody may act. When they pass, nothing is
// overdue: the chance is gone.
var chances = map[clock.Kind]bool{
	clock.KindReviewApplication:    true,
	clock.KindReviewApplicationBar: true,
	clock.KindSuitAfterReview:      true,
	clock.KindSuitDirect:           true,
	clock.KindSuitDirectBar:        true,
	clock.KindSuitInaction:         true,
	clock.KindAppealJudgment:       true,
	clock.KindAppealRuling:         true,
	clock.KindRetrialApplication:   true,
}

// ours are the periods in which the office itself must act. Alarms go off before
// they end; for the periods of others, only when they have ended.
var ours = map[clock.Kind]bool{
	clock.KindConfirmation:          true,
	clock.KindReply:                 true,
	clock.KindDeferredReply:         true,
	clock.KindReplyTarget:           true,
	clock.KindPerformance:           true,
	clock.KindReviewReply:           true,
	clock.KindReviewReplySimplified: true,
	clock.KindReviewOpinionReport:   true,
	clock.KindSuitAnswer:            true,
	clock.KindAppealJudgment:        true,
	clock.KindAppealRuling:          true,
	clock.KindOrderPerformance:      true,
	clock.KindLossReport:            true,
	clock.KindRecordCorrection:      true,
	clock.KindProactiveDisclosure:   true,
	clock.KindPetitionHandover:      true,
}
