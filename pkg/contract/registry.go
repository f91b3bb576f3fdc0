package contract

import (
	"slices"
	"strings"
)

// registry says what every event type carries. It is compared with the constants
// of this package and with the schemas in api/events, both ways.
var registry = carried()

func carried() map[string]func() any {
	types := map[string]func() any{}
	register := func(data func() any, eventTypes ...string) {
		for _, t := range eventTypes {
			types[t] = data
		}
	}
	register(func() any { return new(CaseFacts) },
		CaseFiled, CaseRegistered, CaseAssigned, CaseCorrectionNoticed, CaseCorrected, CaseAbandoned,
		CaseConsulted, CaseConsultAnswered, CaseExtended, CaseDeferred, CaseRestricted, CaseReviewed, CaseDecided,
		CaseApproved, CaseServed, CaseClosed, CaseWithdrawn, CaseReopened, CaseChanged, CaseRestated)
	register(func() any { return new(OfficeFacts) }, OfficeChanged, OfficeRestated)
	register(func() any { return new(SessionsFacts) }, SessionsEnded, SessionsRestated)
	register(func() any { return new(DeadlineFacts) }, DeadlineChanged, DeadlineRestated,
		ProceedingDueChanged, ProceedingDueRestated)
	register(func() any { return new(CalendarFacts) }, CalendarPublished, CalendarRestated)
	register(func() any { return new(NoticeFacts) },
		FeeNoticeIssued, FeeNoticeDelivered, FeeNoticePaid, FeeNoticeLapsed, FeeNoticeCancelled,
		FeeNoticeRefunded, FeeNoticeRestated)
	register(func() any { return new(FindingFacts) },
		FeeFindingRecorded, FeeFindingApproved, FeeFindingRejected, FeeFindingChanged, FeeFindingRestated)
	register(func() any { return new(ProceedingFacts) },
		ProceedingReceived, ProceedingStepped, ProceedingConcluded, ProceedingOrdered,
		ProceedingReported, ProceedingRestated)
	register(func() any { return new(LessonFacts) }, LessonPublished, LessonChanged, LessonWithdrawn, LessonRestated)
	register(func() any { return new(ImportedProceedingFacts) },
		ImportedProceedingTaken, ImportedProceedingLinked, ImportedProceedingRestated)
	return types
}

// EventTypes lists every event type, in alphabetical order.
func EventTypes() []string {
	types := make([]string, 0, len(registry))
	for t := range registry {
		types = append(types, t)
	}
	slices.Sort(types)
	return types
}

// New returns a pointer to an empty value of the facts that events of this type
// carry; false when there is no such type.
func New(eventType string) (any, bool) {
	data, ok := registry[eventType]
	if !ok {
		return nil, false
	}
	return data(), true
}

// SchemaPath is where the schema of an event type's data lies below api/events:
// <service>/v<n>/<aggregate>.json. Empty when there is no such type.
func SchemaPath(eventType string) string {
	if _, ok := registry[eventType]; !ok {
		return ""
	}
	p := strings.Split(eventType, ".")
	return p[0] + "/" + p[2] + "/" + p[1] + ".json"
}
