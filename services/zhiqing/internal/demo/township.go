package demo

// The people and organisations of the demonstration. All names, numbers and
// addresses are invented.
var (
	li      = applicant{Kind: "natural_person", Name: "李秀英", IDType: "resident_id", IDNumber: "310118196203150025", Phone: "13800000001"}
	wang    = applicant{Kind: "natural_person", Name: "王建国", IDType: "resident_id", IDNumber: "31011819710823003X", Phone: "13800000002"}
	zhang   = applicant{Kind: "natural_person", Name: "张敏", IDType: "resident_id", IDNumber: "310118198811020046", Phone: "13800000003"}
	chen    = applicant{Kind: "natural_person", Name: "陈志强", IDType: "resident_id", IDNumber: "310118196912120013", Phone: "13800000004"}
	zhou    = applicant{Kind: "natural_person", Name: "周桂芳", IDType: "resident_id", IDNumber: "310118195405060023", Phone: "13800000005", Assist: true}
	heavy   = applicant{Kind: "natural_person", Name: "吴海涛", IDType: "resident_id", IDNumber: "310118197505050059", Phone: "13800000006"}
	builder = applicant{Kind: "commercial", Name: "青溪恒筑建设有限公司", IDType: "social_credit_code", IDNumber: "91310118MA1J00001Y", Phone: "02150000001"}
	farm    = applicant{Kind: "commercial", Name: "青溪绿禾农业发展有限公司", IDType: "social_credit_code", IDNumber: "91310118MA1J000022", Phone: "02150000002"}
	academy = applicant{Kind: "research", Name: "江南乡村发展研究院", IDType: "social_credit_code", IDNumber: "12310000MA1J000032", Phone: "02150000003"}
	charity = applicant{Kind: "public_welfare", Name: "绿水青溪环境保护中心", IDType: "social_credit_code", IDNumber: "52310118MA1J000049", Phone: "02150000004"}
	lawyers = applicant{Kind: "legal_service", Name: "上海某正律师事务所", IDType: "social_credit_code", IDNumber: "31310000MA1J000059", Phone: "02150000005"}
	village = applicant{Kind: "other_org", Name: "青溪镇东桥村村民委员会", IDType: "social_credit_code", IDNumber: "54310118MA1J000069", Phone: "02150000006"}
)

// township is one year of a township, 2025, with what was carried into it and out
// of it: applications of all kinds on all channels, corrections, consultations,
// an extension, fees, withdrawals, and what was challenged.
var township = []story{
	// Carried in from 2024.
	{id: "carried-a", who: li, channel: "in_person", arrived: "2024-12-18", text: "青溪镇2023年度农村户厕改造补助资金发放明细", plot: plot{
		register("2024-12-18"), assign(), reply("K2", "", "2025-01-08"),
	}},
	{id: "carried-b", who: builder, channel: "registered_mail", arrived: "2024-12-26", text: "青溪镇文体中心新建工程招标控制价编制说明", plot: plot{
		register("2024-12-26"), assign(), reply("K4", "", "2025-01-20"),
	}},

	// The ordinary run of the year.
	{who: wang, channel: "in_person", arrived: "2025-01-06", text: "青溪镇东桥村2022年宅基地审批结果及批准文号", plot: plot{
		register("2025-01-06"), assign(), reply("K1", "", "2025-01-14"),
	}},
	{who: zhang, channel: "online", arrived: "2025-01-13", text: "青溪镇2024年度一般公共预算“三公”经费决算表", plot: plot{
		register("2025-01-14"), assign(), reply("K1", "", "2025-01-21"),
	}},
	{who: charity, channel: "email", arrived: "2025-02-10", text: "青溪港河道2024年水质监测月报", plot: plot{
		register("2025-02-10"), assign(), reply("K2", "", "2025-02-28"),
	}},
	{who: chen, channel: "ordinary_mail", arrived: "2025-02-17", text: "关于我家房子的那个文件", plot: plot{
		register("2025-02-18"), assign(), correct("2025-02-21", "2025-02-24", "2025-03-03", "青溪镇人民政府对东桥村三组房屋征收补偿安置方案的批复"),
		reply("K2", "", "2025-03-25"),
	}},
	{who: zhou, channel: "oral", arrived: "2025-02-20", text: "青溪镇老年人居家养老服务补贴发放标准", plot: plot{
		register("2025-02-20"), assign(), reply("K1", "", "2025-02-27"),
	}},
	{who: li, channel: "in_person", arrived: "2025-03-03", text: "有关拆迁的所有材料", plot: plot{
		register("2025-03-03"), assign(), uncorrected("2025-03-12", "2025-03-12", "2025-04-03"),
	}},
	{who: academy, channel: "online", arrived: "2025-03-05", text: "按村统计的青溪镇近十年土地流转价格分析数据", plot: plot{
		register("2025-03-05"), assign(), reply("K8", "", "2025-03-27"),
	}},
	{who: lawyers, channel: "registered_mail", arrived: "2025-03-10", text: "青溪镇与某工程公司签订的道路养护合同全文", plot: plot{
		register("2025-03-10"), assign(),
		consult("third_party", "2025-03-13", "2025-03-17", "2025-03-28", "object"),
		reply("K3p", "X15", "2025-04-18"),
	}},
	{who: farm, channel: "online", arrived: "2025-03-18", text: "青溪镇高标准农田项目验收专家组讨论记录", plot: plot{
		register("2025-03-18"), assign(), reply("K3", "X16b", "2025-04-14"),
	}},
	{who: wang, channel: "in_person", arrived: "2025-04-01", text: "青溪镇对某餐饮店的行政处罚案卷材料", plot: plot{
		register("2025-04-01"), assign(), reply("K3", "X16c", "2025-04-25"),
	}},
	{id: "extended", who: builder, channel: "registered_mail", arrived: "2025-04-14", text: "青溪镇工业园区2018年至2024年历次规划调整的公示材料", plot: plot{
		register("2025-04-14"), assign(), extend(20, "2025-05-12"), reply("K2", "", "2025-06-09"),
	}},
	{who: zhang, channel: "online", arrived: "2025-04-22", text: "请依法查处东桥村村委会主任违规用地一事", plot: plot{
		register("2025-04-22"), assign(), reply("K9", "", "2025-05-08"),
	}},
	{who: chen, channel: "in_person", arrived: "2025-05-06", text: "东桥村三组不动产登记簿查询结果", plot: plot{
		register("2025-05-06"), assign(), reply("K7", "X36-7", "2025-05-20"),
	}},
	{who: chen, channel: "in_person", arrived: "2025-05-12", text: "青溪镇人民政府对东桥村三组房屋征收补偿安置方案的批复", plot: plot{
		register("2025-05-12"), assign(), reply("K6", "", "2025-05-23"),
	}},
	{who: village, channel: "in_person", arrived: "2025-05-19", text: "青溪镇2025年村级公益事业财政奖补项目清单", plot: plot{
		register("2025-05-19"), assign(), reply("K2", "", "2025-06-05"),
	}},
	{who: li, channel: "online", arrived: "2025-05-26", text: "2024年全国农产品价格年鉴电子版", plot: plot{
		register("2025-05-26"), assign(), reply("K10", "", "2025-06-10"),
	}},
	{id: "paused", who: lawyers, channel: "registered_mail", arrived: "2025-06-09", text: "青溪镇联合农业农村委作出的秸秆禁烧补助实施细则", plot: plot{
		register("2025-06-09"), assign(),
		consult("third_party", "2025-06-12", "2025-06-16", "2025-06-25", "consent"),
		reply("K2", "", "2025-07-16"),
	}},
	{who: wang, channel: "fax", arrived: "2025-06-16", text: "青溪镇人民政府编制的自来水管网改造施工图", plot: plot{
		register("2025-06-17"), assign(), reply("K5", "", "2025-07-04"),
	}},
	{who: zhang, channel: "online", arrived: "2025-07-01", text: "青溪镇干部2025年考勤与排班表", plot: plot{
		register("2025-07-01"), assign(), reply("K3", "X16a", "2025-07-22"),
	}},
	{who: charity, channel: "email", arrived: "2025-07-08", text: "青溪港沿线排污口整治台账", plot: plot{
		register("2025-07-09"), assign(), withdraw("2025-07-18"),
	}},

	// One applicant's month: twelve applications in September, the eleventh and
	// twelfth with a fee.
	{who: heavy, channel: "online", arrived: "2025-09-01", text: "青溪镇2020年度道路维修合同", plot: plot{register("2025-09-01"), assign(), reply("K2", "", "2025-09-16")}},
	{who: heavy, channel: "online", arrived: "2025-09-01", text: "青溪镇2021年度道路维修合同", plot: plot{register("2025-09-01"), assign(), reply("K2", "", "2025-09-16")}},
	{who: heavy, channel: "online", arrived: "2025-09-02", text: "青溪镇2022年度道路维修合同", plot: plot{register("2025-09-02"), assign(), reply("K2", "", "2025-09-17")}},
	{who: heavy, channel: "online", arrived: "2025-09-02", text: "青溪镇2023年度道路维修合同", plot: plot{register("2025-09-02"), assign(), reply("K2", "", "2025-09-17")}},
	{who: heavy, channel: "online", arrived: "2025-09-03", text: "青溪镇2020年度绿化养护合同", plot: plot{register("2025-09-03"), assign(), reply("K4", "", "2025-09-18")}},
	{who: heavy, channel: "online", arrived: "2025-09-03", text: "青溪镇2021年度绿化养护合同", plot: plot{register("2025-09-03"), assign(), reply("K4", "", "2025-09-18")}},
	{who: heavy, channel: "online", arrived: "2025-09-04", text: "青溪镇2022年度绿化养护合同", plot: plot{register("2025-09-04"), assign(), reply("K2", "", "2025-09-19")}},
	{who: heavy, channel: "online", arrived: "2025-09-04", text: "青溪镇2023年度绿化养护合同", plot: plot{register("2025-09-04"), assign(), reply("K2", "", "2025-09-19")}},
	{who: heavy, channel: "online", arrived: "2025-09-05", text: "青溪镇2020年度河道保洁合同", plot: plot{register("2025-09-05"), assign(), reply("K2", "", "2025-09-22")}},
	{who: heavy, channel: "online", arrived: "2025-09-05", text: "青溪镇2021年度河道保洁合同", plot: plot{register("2025-09-05"), assign(), reply("K2", "", "2025-09-22")}},
	{id: "fee-paid", who: heavy, channel: "online", arrived: "2025-09-08", text: "青溪镇2022年度河道保洁合同", plot: plot{
		register("2025-09-08"), assign(), finding("2025-09-10"),
		fee("2025-09-12", "2025-09-12"), paid("2025-09-24", 100), reply("K2", "", "2025-10-20"),
	}},
	{id: "fee-lapsed", who: heavy, channel: "online", arrived: "2025-09-09", text: "青溪镇2023年度河道保洁合同", plot: plot{
		register("2025-09-09"), assign(), fee("2025-09-12", "2025-09-12"), lapse("2025-10-20"),
	}},

	// What was challenged.
	{id: "upheld", who: farm, channel: "registered_mail", arrived: "2025-08-04", text: "青溪镇养殖场关停补偿评估机构的内部比选记录", plot: plot{
		register("2025-08-04"), assign(), reply("K3", "X16b", "2025-08-22"),
		review("2025-09-10", "upheld", "maintained", "2025-11-05", "2025-11-06"),
	}},
	{id: "corrected", who: chen, channel: "in_person", arrived: "2025-08-11", text: "东桥村三组青苗补偿费分户发放清单", plot: plot{
		register("2025-08-11"), assign(), reply("K3", "X15", "2025-08-29"),
		review("2025-09-15", "corrected", "revoked", "2025-11-10", "2025-11-12"),
		reply("K3p", "X15", "2025-12-05"),
	}},
	{id: "sued", who: wang, channel: "in_person", arrived: "2025-10-13", text: "东桥村2019年集体资产清产核资明细", plot: plot{
		register("2025-10-13"), assign(), reply("K4", "", "2025-11-05"),
		suit("2025-12-08"),
	}},

	// Carried out of 2025 and finished in 2026.
	{carriedOut: true, who: zhang, channel: "online", arrived: "2025-12-15", text: "青溪镇2025年度行政执法统计年报", plot: plot{
		register("2025-12-15"), assign(), reply("K1", "", "2026-01-07"),
	}},
	{carriedOut: true, who: academy, channel: "email", arrived: "2025-12-22", text: "青溪镇2025年土地承包经营权流转备案表", plot: plot{
		register("2025-12-23"), assign(), reply("K2", "", "2026-01-16"),
	}},
	{carriedOut: true, who: li, channel: "in_person", arrived: "2025-12-29", text: "青溪镇农村公路提档升级工程施工许可材料", plot: plot{
		register("2025-12-29"), assign(), reply("K5", "", "2026-01-20"),
	}},
}
