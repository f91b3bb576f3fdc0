package demo

import (
	"context"
	"fmt"
	"net/http"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/calendar"
)

// Seed creates the demo office with staff and a small set of cases in every state,
// dated so that they look alive today. Doing it again changes nothing.
func Seed(ctx context.Context, baseURL, setupCode string, today civil.Date) error {
	c := newClient(func(string) string { return baseURL })
	fresh, err := c.setUp(ctx, setupCode)
	if err != nil || !fresh {
		return err
	}
	for n, s := range everyState(today) {
		if _, err := c.tell(ctx, n, s); err != nil {
			return err
		}
	}
	return c.fileOnline(ctx)
}

// everyState is one story for each place a case can stand in, told in working days
// before today.
func everyState(today civil.Date) []story {
	cal := calendar.Builtin()
	ago := func(workingDays int) string { return cal.AddWorkdays(today, -workingDays).String() }
	return []story{
		{who: li, channel: "in_person", arrived: ago(2), text: "青溪镇农村危房改造补助对象名单", plot: plot{register(ago(2))}},
		{who: wang, channel: "registered_mail", arrived: ago(6), text: "青溪镇2025年集体资产租赁合同台账", plot: plot{register(ago(6)), assign()}},
		{who: builder, channel: "registered_mail", arrived: ago(17), text: "青溪镇雨污分流改造工程施工许可材料", plot: plot{register(ago(17)), assign()}},
		{who: zhang, channel: "online", arrived: ago(25), text: "青溪镇2024年度征地补偿款分配方案", plot: plot{register(ago(25)), assign()}},
		{who: chen, channel: "in_person", arrived: ago(8), text: "我们村的那份文件", plot: plot{
			register(ago(8)), assign(), noticed(ago(5)),
		}},
		{who: lawyers, channel: "registered_mail", arrived: ago(9), text: "青溪镇污水处理厂特许经营协议", plot: plot{
			register(ago(9)), assign(), asked("third_party", ago(6), ago(4)),
		}},
		{who: farm, channel: "online", arrived: ago(15), text: "青溪镇近十年农田水利项目档案", plot: plot{
			register(ago(15)), assign(), extensionAsked(20, ago(1)),
		}},
		{who: charity, channel: "email", arrived: ago(10), text: "青溪港水质监测月报", plot: plot{register(ago(10)), assign(), reviewed(ago(1))}},
		{who: academy, channel: "online", arrived: ago(12), text: "青溪镇土地流转合同备案汇总表", plot: plot{
			register(ago(12)), assign(), reviewed(ago(3)), drafted("K2", "", ago(2)),
		}},
		{who: village, channel: "in_person", arrived: ago(14), text: "青溪镇村级公益事业奖补清单", plot: plot{
			register(ago(14)), assign(), reviewed(ago(3)), drafted("K1", "", ago(3)), signed(ago(2)),
		}},
		{who: zhou, channel: "oral", arrived: ago(40), text: "青溪镇老年人居家养老补贴标准", plot: plot{register(ago(40)), assign(), reply("K1", "", ago(30))}},
		{who: wang, channel: "in_person", arrived: ago(60), text: "青溪镇某处罚案卷材料", plot: plot{register(ago(60)), assign(), reply("K3", "X16c", ago(45))}},
		{who: charity, channel: "email", arrived: ago(35), text: "青溪镇垃圾分类站点建设计划", plot: plot{register(ago(34)), assign(), withdraw(ago(30))}},
	}
}

// fileOnline files one application the way an applicant does; it waits for the
// office's confirmation.
func (c *client) fileOnline(ctx context.Context) error {
	_, err := c.do(ctx, "", http.MethodPost, "/v1/applications", "demo-online", document{
		"office": Office, "applicant": zhang.body(),
		"content":  document{"description": "青溪镇2026年度学区划分方案"},
		"delivery": document{"format": "electronic", "route": "online"},
	})
	if err != nil {
		return fmt.Errorf("file online: %w", err)
	}
	return nil
}

func noticed(on string) step {
	return func(ctx context.Context, t *telling) error { return notice(ctx, t, on, on) }
}
