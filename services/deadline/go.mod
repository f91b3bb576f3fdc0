module zhiqing.dev/services/deadline

go 1.26.0

require zhiqing.dev/pkg v0.0.0

require zhiqing.dev/api v0.0.0

require zhiqing.dev/pkg/engine/sqlitestore v0.0.0

require zhiqing.dev/pkg/engine/mongostore v0.0.0

require (
	zhiqing.dev/pkg/engine/embednats v0.0.0
	zhiqing.dev/pkg/engine/servicetest v0.0.0
)

replace zhiqing.dev/pkg => ../../pkg

replace zhiqing.dev/api => ../../api

replace zhiqing.dev/pkg/engine/sqlitestore => ../../pkg/engine/sqlitestore

replace zhiqing.dev/pkg/engine/mongostore => ../../pkg/engine/mongostore

replace zhiqing.dev/pkg/engine/embednats => ../../pkg/engine/embednats

replace zhiqing.dev/pkg/engine/servicetest => ../../pkg/engine/servicetest
