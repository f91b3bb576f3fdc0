package clock

// The clocks of a case (条例).
const (
	KindConfirmation     Kind = "confirmation"      // 确认收到, art. 31
	KindReply            Kind = "reply"             // 答复, art. 33
	KindCorrectionNotice Kind = "correction_notice" // 补正告知, art. 30
	KindCorrectionPeriod Kind = "correction_period" // 补正期限, art. 30
	KindConsultation     Kind = "consultation"      // 征求意见, art. 32 to 34
	KindFeeNotice        Kind = "fee_notice"        // 收费通知
	KindPayment          Kind = "payment"           // 缴费
	KindDeferredReply    Kind = "deferred_reply"    // 延迟答复, art. 35
	KindPerformance      Kind = "performance"       // 履行复议决定或者判决
	KindReplyTarget      Kind = "reply_target"      // 内部办理时限: own target
)

// The clocks of a proceeding (行政复议法, 行政诉讼法) and of the office.
const (
	KindReviewApplication        Kind = "review_application"         // 申请行政复议, 60 days
	KindReviewApplicationBar     Kind = "review_application_bar"     // not told of the remedy: 1 year at most
	KindReviewAcceptance         Kind = "review_acceptance"          // 受理审查, 5 wd
	KindReviewCorrectionNotice   Kind = "review_correction_notice"   // 复议补正通知, 5 wd
	KindReviewCorrection         Kind = "review_correction"          // 复议补正, 10 wd
	KindReviewCopy               Kind = "review_copy"                // 发送副本, 7 wd
	KindReviewCopySimplified     Kind = "review_copy_simplified"     // 3 wd
	KindReviewReply              Kind = "review_reply"               // 被申请人答复, 10 wd
	KindReviewReplySimplified    Kind = "review_reply_simplified"    // 5 wd
	KindReviewDecision           Kind = "review_decision"            // 复议决定, 60 days
	KindReviewDecisionExtended   Kind = "review_decision_extended"   // 60 + 30 days
	KindReviewDecisionSimplified Kind = "review_decision_simplified" // 30 days
	KindReviewOpinionReport      Kind = "review_opinion_report"      // 意见书落实情况, 60 days
	KindSuitAfterReview          Kind = "suit_after_review"          // 复议后起诉, 15 days
	KindSuitDirect               Kind = "suit_direct"                // 直接起诉, 6 months
	KindSuitDirectBar            Kind = "suit_direct_bar"            // not told of the period: 1 year at most
	KindSuitInaction             Kind = "suit_inaction"              // 不履行之诉, 6 months
	KindSuitDocketing            Kind = "suit_docketing"             // 立案, 7 days
	KindSuitCopy                 Kind = "suit_copy"                  // 发送起诉状副本, 5 days
	KindSuitAnswer               Kind = "suit_answer"                // 答辩举证, 15 days
	KindFirstInstance            Kind = "first_instance"             // 一审, 6 months
	KindFirstInstanceSimplified  Kind = "first_instance_simplified"  // 45 days
	KindAppealJudgment           Kind = "appeal_judgment"            // 上诉, 15 days
	KindAppealRuling             Kind = "appeal_ruling"              // 10 days
	KindSecondInstance           Kind = "second_instance"            // 二审, 3 months
	KindRetrialApplication       Kind = "retrial_application"        // 申请再审, 6 months
	KindOrderPerformance         Kind = "order_performance"          // 判决公开, 20 wd
	KindLossReport               Kind = "loss_report"                // 败诉分析报告, 10 wd
	KindRecordCorrection         Kind = "record_correction"          // 更正本人信息, art. 41: own target
	KindProactiveDisclosure      Kind = "proactive_disclosure"       // 主动公开, art. 26: 20 wd
	KindPetitionHandover         Kind = "petition_handover"          // 信访告知, 15 days
)
