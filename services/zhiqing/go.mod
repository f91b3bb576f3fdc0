module zhiqing.dev/services/zhiqing

go 1.26.0

require zhiqing.dev/pkg v0.0.0

require zhiqing.dev/api v0.0.0

require zhiqing.dev/pkg/engine/sqlitestore v0.0.0

require zhiqing.dev/pkg/engine/mongostore v0.0.0

require zhiqing.dev/pkg/engine/embednats v0.0.0

require zhiqing.dev/services/intake v0.0.0

require zhiqing.dev/services/deadline v0.0.0

require zhiqing.dev/services/fee v0.0.0

require zhiqing.dev/services/litigation v0.0.0

require (
	github.com/clipperhouse/uax29/v2 v2.2.0 // indirect
	github.com/mattn/go-runewidth v0.0.24 // indirect
)

require (
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/labstack/echo/v4 v4.16.0 // indirect
	github.com/labstack/gommon v0.5.0 // indirect
	github.com/mattn/go-colorable v0.1.15 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/spf13/cobra v1.10.2 // indirect
	github.com/spf13/pflag v1.0.9 // indirect
	github.com/stretchr/testify v1.12.1 // indirect
	github.com/valyala/bytebufferpool v1.0.0 // indirect
	github.com/valyala/fasttemplate v1.2.2 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
	zhiqing.dev/pkg/engine/servicetest v0.0.0
)

replace zhiqing.dev/pkg => ../../pkg

replace zhiqing.dev/api => ../../api

replace zhiqing.dev/pkg/engine/sqlitestore => ../../pkg/engine/sqlitestore

replace zhiqing.dev/pkg/engine/mongostore => ../../pkg/engine/mongostore

replace zhiqing.dev/pkg/engine/embednats => ../../pkg/engine/embednats

replace zhiqing.dev/services/intake => ../intake

replace zhiqing.dev/services/deadline => ../deadline

replace zhiqing.dev/services/fee => ../fee

replace zhiqing.dev/services/litigation => ../litigation

replace zhiqing.dev/pkg/engine/servicetest => ../../pkg/engine/servicetest
