package similar

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Kind is a kind of thing that a request turns on.
type Kind string

// The kinds.
const (
	Year     Kind = "year"
	Part     Kind = "part"     // quarter, half, month or day of a year
	Document Kind = "document" // 文号
	Number   Kind = "number"   // house, lot, batch and other numbers
	Place    Kind = "place"    // village, road, company, project …
	Matter   Kind = "matter"   // subject
	Paper    Kind = "paper"    // kind of document asked for
)

// feature is one thing that a text turns on. Only features of one kind and group are
// compared: villages with villages, lots with lots.
type feature struct {
	kind  Kind
	group string
	value string
}

var (
	personal   = regexp.MustCompile(`[1-9][0-9]{16}[0-9x]|1[3-9][0-9]{9}`)
	docNumber  = regexp.MustCompile(`\(?((?:19|20)[0-9]{2})[)年]第?([0-9]{1,5})号`)
	yearRange  = regexp.MustCompile(`((?:19|20)[0-9]{2})年?(?:度)?(?:至|到|-)+((?:19|20)[0-9]{2})(?:年|\|)?`)
	day        = regexp.MustCompile(`((?:19|20)[0-9]{2})年([0-9]{1,2})月([0-9]{1,2})日`)
	month      = regexp.MustCompile(`((?:19|20)[0-9]{2})年([0-9]{1,2})(?:月)`)
	monthRange = regexp.MustCompile(`([0-9]{1,2})月?(?:至|到|-)([0-9]{1,2})月`)
	year       = regexp.MustCompile(`(?:19|20)[0-9]{2}`)
	quarter    = regexp.MustCompile(`第?([1-4])季度`)
	half       = regexp.MustCompile(`[上下]半年`)
	numbered   = regexp.MustCompile(`([0-9a-z]*[0-9]+(?:-[0-9]+)*)(号楼|号地块|号|期|批|村民小组|小组|组|栋|幢|标段|地块|届|次|条|单元|队|室|户|路|亩|元|万元|级)?`)
)

// endings are the words in which names of places end, by their length in characters.
var endings = map[string]bool{}

func init() {
	for _, e := range strings.Fields(`村民小组 村 镇 乡 街道 社区 小区 花园 家园 新村 路 街 巷 河 水库 学校 小学 中学 幼儿园
		医院 公司 工厂 厂 站 砂场 合作社 敬老院 养老院 广场 公园 大桥 桥 园区 开发区 市场 酒店 饭店 超市 苑 湾 寺`) {
		endings[e] = true
	}
}

// endingAt is the length of the longest ending that stands here, or 0.
func endingAt(runes []rune) int {
	for n := min(4, len(runes)); n > 0; n-- {
		if endings[string(runes[:n])] {
			return n
		}
	}
	return 0
}

// places adds every place that a run of text names. An ending that another follows at
// once belongs to the name: 石桥村, 大桥街道.
func places(runes []rune, add func(Kind, string, string)) {
	start := 0
	for i := 0; i < len(runes); {
		n := endingAt(runes[i:])
		if n == 0 || i == start || n == 1 && endingAt(runes[i+1:]) > 0 {
			i++
			continue
		}
		placeOf(string(runes[max(start, i-8):i]), string(runes[i:i+n]), add)
		i += n
		start = i
	}
}

// placeGroup tells which endings name the same sort of place; an ending that is not
// here is its own group.
var placeGroup = map[string]string{
	"乡": "镇", "街道": "镇", "花园": "小区", "家园": "小区", "新村": "小区", "社区": "村", "街": "路", "巷": "路",
	"大桥": "桥", "敬老院": "养老院", "学校": "school", "小学": "school", "中学": "school", "幼儿园": "school",
	"工厂": "公司", "厂": "公司", "合作社": "公司", "砂场": "公司", "饭店": "酒店", "超市": "酒店", "苑": "小区", "湾": "小区", "园区": "zone", "开发区": "zone",
}

// notPlaces end like a place and are none.
var notPlaces = map[string]bool{
	"农村": true, "乡村": true, "全村": true, "本村": true, "该村": true, "各村": true, "我村": true, "全镇": true, "本镇": true,
	"我镇": true, "各镇": true, "乡镇": true, "村镇": true, "城镇": true, "我街道": true, "道路": true, "公路": true,
	"村路": true, "修路": true, "铁路": true, "本小区": true, "我小区": true, "老旧小区": true, "旧小区": true, "本社区": true,
	"新农村": true, "美丽乡村": true, "行政村": true, "自然村": true, "扶贫村": true, "线路": true, "电路": true,
	"业园区": true, "技园区": true, "产业园": true,
}

// leads are words before a name that are no part of it.
var leads = regexp.MustCompile(`^.*?(?:位于|坐落于|坐落|座落于|属于|关于|申请公开|请公开|请提供|公开|提供|获取|了解|知道|查阅|镇|乡|街道|县|区|市|村|社区|在|对|由|与|和|及|给|的|年|度|月|日)`)

// trades are what companies have in their names after the name itself.
var trades = regexp.MustCompile(`(?:有限责任|股份有限|有限|集团|建设|工程|建筑|科技|贸易|实业|环保|农业|置业|房地产|物业|开发|发展|投资|服务|管理)+$`)

// features reads what a folded text turns on; the rest is the text without its document
// numbers and personal numbers.
func features(s string) (found []feature, rest string) {
	add := func(k Kind, group, value string) {
		if f := (feature{k, group, value}); !slices.Contains(found, f) {
			found = append(found, f)
		}
	}
	s = personal.ReplaceAllString(s, string(gap))
	s = docNumber.ReplaceAllStringFunc(s, func(m string) string {
		p := docNumber.FindStringSubmatch(m)
		add(Document, "", p[1]+":"+strings.TrimLeft(p[2], "0"))
		return string(gap)
	})
	rest = s
	times(s, add)
	for _, m := range numbered.FindAllStringSubmatch(withoutTimes(s), -1) {
		if n := strings.TrimLeft(m[1], "0"); n != "" && (m[2] != "" || len(n) >= 4) {
			add(Number, m[2], n)
		}
	}
	for _, run := range strings.FieldsFunc(s, func(r rune) bool { return r == gap || r == '(' || r == ')' || r == '-' }) {
		places([]rune(run), add)
	}
	return found, rest
}

// times adds years and parts of years.
func times(s string, add func(Kind, string, string)) {
	for _, m := range yearRange.FindAllStringSubmatch(s, -1) {
		from, _ := strconv.Atoi(m[1])
		to, _ := strconv.Atoi(m[2])
		for y := from; y <= to && y < from+50; y++ {
			add(Year, "", strconv.Itoa(y))
		}
	}
	for _, y := range year.FindAllString(withoutLongNumbers(s), -1) {
		add(Year, "", y)
	}
	for _, m := range day.FindAllStringSubmatch(s, -1) {
		add(Part, "day", strings.TrimLeft(m[2], "0")+"-"+strings.TrimLeft(m[3], "0"))
	}
	for _, m := range month.FindAllStringSubmatch(s, -1) {
		add(Part, "month", strings.TrimLeft(m[2], "0"))
	}
	for _, m := range monthRange.FindAllStringSubmatch(s, -1) {
		add(Part, "month", strings.TrimLeft(m[1], "0"))
		add(Part, "month", strings.TrimLeft(m[2], "0"))
	}
	for _, m := range quarter.FindAllStringSubmatch(s, -1) {
		add(Part, "quarter", m[1])
	}
	for _, m := range half.FindAllString(s, -1) {
		add(Part, "half", m)
	}
}

var longNumber = regexp.MustCompile(`[0-9a-z]*[0-9]{5,}[0-9a-z]*`)

func withoutLongNumbers(s string) string { return longNumber.ReplaceAllString(s, string(gap)) }

var timeWords = regexp.MustCompile(`(?:19|20)[0-9]{2}年?度?|第?[1-4]季度|[0-9]{1,2}月|[0-9]{1,2}日`)

func withoutTimes(s string) string { return timeWords.ReplaceAllString(s, string(gap)) }

// placeOf adds the place that ends here: at most the three characters before the ending,
// without the words that only lead to it.
func placeOf(name, ending string, add func(Kind, string, string)) {
	for {
		cut := leads.ReplaceAllString(name, "")
		if cut == "" {
			return
		}
		if cut == name {
			break
		}
		name = cut
	}
	if ending == "公司" {
		name = trades.ReplaceAllString(name, "")
	}
	runes := []rune(name)
	for i := len(runes) - 1; i >= 0; i-- {
		if runes[i] >= '0' && runes[i] <= '9' {
			runes = runes[i+1:]
			break
		}
	}
	runes = runes[max(0, len(runes)-3):]
	whole := string(runes) + ending
	if len(runes) == 0 || notPlaces[whole] || notPlaces[string(runes[max(0, len(runes)-1):])+ending] {
		return
	}
	group := ending
	if g, ok := placeGroup[ending]; ok {
		group = g
	}
	// Two characters tell places apart; more would take in what stands before them.
	add(Place, group, string(runes[max(0, len(runes)-2):]))
}
