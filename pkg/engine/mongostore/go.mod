module zhiqing.dev/pkg/engine/mongostore

go 1.26.0

require zhiqing.dev/pkg v0.0.0

require zhiqing.dev/api v0.0.0

require go.mongodb.org/mongo-driver/v2 v2.10.0 // indirect

replace zhiqing.dev/pkg => ../..

replace zhiqing.dev/api => ../../../api
