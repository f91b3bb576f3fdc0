module zhiqing.dev/services/intake

go 1.26.0

require zhiqing.dev/pkg v0.0.0

require zhiqing.dev/api v0.0.0

require zhiqing.dev/pkg/engine/sqlitestore v0.0.0

require zhiqing.dev/pkg/engine/mongostore v0.0.0

require (
	zhiqing.dev/pkg/engine/embednats v0.0.0
	zhiqing.dev/pkg/engine/servicetest v0.0.0
)

require (
	github.com/labstack/echo/v4 v4.16.0 // indirect
	github.com/labstack/gommon v0.5.0 // indirect
	github.com/mattn/go-colorable v0.1.15 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/richardlehane/mscfb v1.0.9 // indirect
	github.com/richardlehane/msoleps v1.0.6 // indirect
	github.com/stretchr/testify v1.12.1 // indirect
	github.com/tiendc/go-deepcopy v1.7.2 // indirect
	github.com/valyala/bytebufferpool v1.0.0 // indirect
	github.com/valyala/fasttemplate v1.2.2 // indirect
	github.com/xuri/efp v0.0.3-0.20260924042702-217b81952dec // indirect
	github.com/xuri/excelize/v2 v2.11.1 // indirect
	github.com/xuri/nfp v0.0.2-0.20250530014748-2ddeb826f9a9 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
	pgregory.net/rapid v1.3.0 // indirect
)

replace zhiqing.dev/pkg => ../../pkg

replace zhiqing.dev/api => ../../api

replace zhiqing.dev/pkg/engine/sqlitestore => ../../pkg/engine/sqlitestore

replace zhiqing.dev/pkg/engine/mongostore => ../../pkg/engine/mongostore

replace zhiqing.dev/pkg/engine/embednats => ../../pkg/engine/embednats

replace zhiqing.dev/pkg/engine/servicetest => ../../pkg/engine/servicetest
